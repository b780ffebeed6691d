"""Settings with one of everything, for the tests of this room."""

from asterisk_config.settings import (
    Agent,
    AmiUser,
    AriUser,
    AsteriskSettings,
    Codec,
    OutboundWebsocket,
    Phone,
    Registration,
    Trunk,
)

SECRETS = ("ari-secret-0001", "ami-secret-0002", "ws-secret-00003", "trunk-secret-4", "agent-secret-5")


def least_settings(ari_password: str = SECRETS[0]) -> AsteriskSettings:
    """Only what has no default."""
    return AsteriskSettings(
        ari=AriUser(name="engine", password=ari_password), ami=AmiUser(name="watch", password=SECRETS[1])
    )


def full_settings() -> AsteriskSettings:
    """A trunk of each kind, an agent of each kind, and an outbound connection."""
    return AsteriskSettings(
        ari=AriUser(name="engine", password=SECRETS[0]),
        ami=AmiUser(name="watch", password=SECRETS[1]),
        outbound=OutboundWebsocket(uri="ws://127.0.0.1:8765/ari", user_name="asterisk", password=SECRETS[2]),
        entity_id="02:00:00:00:00:01",
        trunks=(
            Trunk(name="by-address", host="192.0.2.7", networks=("192.0.2.0/28", "198.51.100.1:5070")),
            Trunk(
                name="by-registration",
                host="sip.example.net",
                networks=("203.0.113.9",),
                registration=Registration(user_name="account", password=SECRETS[3]),
            ),
        ),
        agents=(
            Agent(name="agent1", password=SECRETS[4], phone=Phone.WEBRTC, codecs=(Codec.ULAW, Codec.OPUS)),
            Agent(name="agent2", password=SECRETS[4], phone=Phone.SIP, networks=("192.0.2.128/25",)),
        ),
    )
