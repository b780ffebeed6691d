"""Settings refuse what makes no sense or is not safe, and never show a secret."""

from collections.abc import Callable

import pytest

from asterisk_config.errors import InvalidSettingError
from asterisk_config.settings import (
    Agent,
    AmiUser,
    AnsweringMachineDetection,
    AriUser,
    AsteriskSettings,
    Folders,
    OutboundWebsocket,
    Phone,
    Registration,
    RtpPorts,
    Trunk,
)
from tests.unit.asterisk_config.sample_settings import SECRETS, full_settings

GOOD = SECRETS[0]
POOR_SECRETS = (
    "",
    "short",
    "a" * 20,
    "x" * 129,
    "line\nbreak-here",
    " leading-space-1",
    "ümlaut-secret-1",
    "tab\there-1234567",
)


def with_ports(*, http_port: int = 8088, sip_port: int = 5060) -> AsteriskSettings:
    """Settings with some ports set."""
    return AsteriskSettings(
        ari=AriUser(name="engine", password=GOOD),
        ami=AmiUser(name="watch", password=GOOD),
        http_port=http_port,
        sip_port=sip_port,
    )


REFUSED: tuple[tuple[Callable[[], object], str], ...] = (
    (lambda: AriUser(name="general", password=GOOD), "ari.name"),
    (lambda: AriUser(name="a]\n[b", password=GOOD), "ari.name"),
    (lambda: Agent(name="global", password=GOOD, phone=Phone.SIP), "agent.name"),
    (lambda: Agent(name="a1", password=GOOD, phone=Phone.SIP, networks=("0.0.0.0/0",)), "agent.networks"),
    (lambda: Agent(name="a1", password=GOOD, phone=Phone.SIP, codecs=()), "agent.codecs"),
    (lambda: AmiUser(name="watch", password=GOOD, networks=()), "ami.networks"),
    (lambda: Trunk(name="t", host="a b", networks=("192.0.2.1",)), "trunk.host"),
    (lambda: Trunk(name="t", host="300.1.1.1", networks=("192.0.2.1",)), "trunk.host"),
    (lambda: Trunk(name="t", host="h", port=0, networks=("192.0.2.1",)), "trunk.port"),
    (lambda: Trunk(name="t", host="h", networks=()), "trunk.networks"),
    (lambda: Trunk(name="t", host="h", networks=("::/0",)), "trunk.networks"),
    (lambda: Trunk(name="t", host="h", networks=("192.0.2.1:x",)), "trunk.networks"),
    (lambda: Registration(user_name="a;b", password=GOOD), "registration.user_name"),
    (lambda: OutboundWebsocket(uri="http://h:1/", user_name="a", password=GOOD), "outbound.uri"),
    (lambda: OutboundWebsocket(uri="ws://h/a", user_name="a", password=GOOD), "outbound.uri"),
    (lambda: OutboundWebsocket(uri="ws://h:1/\nx", user_name="a", password=GOOD), "outbound.uri"),
    (lambda: Folders(run="/var/../etc"), "folders.run"),
    (lambda: Folders(run="/" + "a" * 100), "folders.run"),
    (lambda: RtpPorts(first=20000, last=20001), "rtp.last"),
    (lambda: AnsweringMachineDetection(words_max=0), "amd.words_max"),
    (lambda: AnsweringMachineDetection(word_seconds_min=float("nan")), "amd.word_seconds_min"),
    (lambda: with_ports(http_port=80), "http_port"),
    (lambda: with_ports(http_port=5038), "ami_port"),
    (lambda: with_ports(sip_port=20500), "sip_port"),
)


def test_representation_of_settings_holds_no_secret() -> None:
    """A log line or a traceback with settings in it tells no secret."""
    shown = repr(full_settings())
    assert "engine" in shown
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("secret", POOR_SECRETS)
@pytest.mark.parametrize(
    "make",
    [
        lambda secret: AriUser(name="engine", password=secret),
        lambda secret: AmiUser(name="watch", password=secret),
        lambda secret: Agent(name="agent1", password=secret, phone=Phone.SIP),
        lambda secret: Registration(user_name="account", password=secret),
        lambda secret: OutboundWebsocket(uri="ws://h:1/a", user_name="a", password=secret),
    ],
    ids=["ari", "ami", "agent", "registration", "outbound"],
)
def test_secret_that_is_poor_is_refused_and_not_told(make: Callable[[str], object], secret: str) -> None:
    """An empty, short, monotonous or odd secret is refused by a message without it."""
    with pytest.raises(InvalidSettingError) as caught:
        make(secret)
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "field"), REFUSED, ids=[f"{number} {field}" for number, (_, field) in enumerate(REFUSED)]
)
def test_setting_that_makes_no_sense_is_refused_by_name(make: Callable[[], object], field: str) -> None:
    """The error names the setting, what was expected and what came."""
    with pytest.raises(InvalidSettingError) as caught:
        make()
    assert caught.value.field == field


def test_trunk_and_agent_of_one_name_are_refused() -> None:
    """Two sections of one name would be one endpoint for two parties."""
    with pytest.raises(InvalidSettingError, match="each name once"):
        AsteriskSettings(
            ari=AriUser(name="engine", password=GOOD),
            ami=AmiUser(name="watch", password=GOOD),
            trunks=(Trunk(name="twin", host="h", networks=("192.0.2.1",)),),
            agents=(Agent(name="twin", password=GOOD, phone=Phone.SIP),),
        )


def test_access_list_holds_every_network_without_ports_once() -> None:
    """SIP is heard from trunks and agents, and from nobody else."""
    assert full_settings().allowed_networks == (
        "192.0.2.0/28",
        "198.51.100.1",
        "203.0.113.9",
        "127.0.0.1",
        "192.0.2.128/25",
    )
