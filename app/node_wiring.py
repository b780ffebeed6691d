"""Asterisk's settings made into what runner and engine need to know; and who opens which link."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ari_commands import Sounds
from dialer.adapters.ari_connection import AriAddress, DoorKey, InboundConnector, OutboundDoor
from dialer.adapters.asterisk_node import AsteriskNode, NodeSettings
from dialer.core.settings import TrunkSettings
from dialer.messages import AgentId, CampaignId, NodeId, SignInRequested, TrunkId


async def open_door(
    asterisks: Sequence[AsteriskSettings], nodes: Mapping[NodeId, AsteriskNode]
) -> OutboundDoor | None:
    """Listen for the nodes that connect to us; they name one address together. None: all are connected to."""
    callers = {
        settings.outbound.user_name: (
            DoorKey(user_name=settings.outbound.user_name, password=settings.outbound.password),
            nodes[NodeId(settings.system_name)],
        )
        for settings in asterisks
        if settings.outbound is not None
    }
    first = next((each.outbound for each in asterisks if each.outbound is not None), None)
    if first is None:
        return None
    parts = urlsplit(first.uri)
    assert parts.hostname is not None
    assert parts.port is not None
    door = OutboundDoor(parts.hostname, parts.port, parts.path or "/", callers)
    await door.open()
    return door


def connectors(
    asterisks: Sequence[AsteriskSettings], nodes: Mapping[NodeId, AsteriskNode]
) -> list[InboundConnector]:
    """Who connects to the other nodes."""
    return [
        InboundConnector(ari_address(settings), nodes[NodeId(settings.system_name)])
        for settings in asterisks
        if settings.outbound is None
    ]


def node_settings(settings: AsteriskSettings) -> NodeSettings:
    """What a node is to the runner."""
    return NodeSettings(
        node_id=NodeId(settings.system_name),
        application=settings.application,
        endpoints={TrunkId(trunk.name): trunk.name for trunk in settings.trunks},
        sounds=Sounds(safe_harbour=settings.safe_harbour_sound),
    )


def trunk_settings(settings: AsteriskSettings, name: str) -> TrunkSettings:
    """What a trunk is to the engine."""
    trunk = next(trunk for trunk in settings.trunks if trunk.name == name)
    return TrunkSettings(
        trunk_id=TrunkId(name),
        node_id=NodeId(settings.system_name),
        channels_max=trunk.channels_max,
        calls_per_second_max=trunk.calls_per_second_max,
    )


def telephones(asterisks: Sequence[AsteriskSettings]) -> Mapping[str, NodeId]:
    """On which node each telephone is configured."""
    return {agent.name: NodeId(settings.system_name) for settings in asterisks for agent in settings.agents}


def ari_address(settings: AsteriskSettings) -> AriAddress:
    """Where a node is steered that does not connect to us."""
    return AriAddress(
        base_url=f"http://{settings.http_address}:{settings.http_port}/ari",
        user_name=settings.ari.name,
        password=settings.ari.password,
    )


def sign_in_again(
    agent_id: AgentId, campaign_ids: tuple[CampaignId, ...], skills: frozenset[str]
) -> SignInRequested:
    """What an agent who was signed in before a restart had asked for."""
    return SignInRequested(
        agent_id=agent_id, campaign_ids=campaign_ids, endpoint=str(agent_id), skills=skills
    )
