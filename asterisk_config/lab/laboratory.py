"""A dialer's Asterisk and a carrier beside it, which plays the called parties over real SIP and RTP.

The trunk between them signs in with the carrier, or is known by its address.
"""

import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict, TypeVar

from asterisk_config.lab.instance import AsteriskInstance, folders_in
from asterisk_config.lab.network import free_ports, free_rtp_ports
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.safe_harbour import write_message
from asterisk_config.renderer import render
from asterisk_config.settings import (
    LOOPBACK,
    Agent,
    AmiUser,
    AriUser,
    AsteriskSettings,
    Codec,
    Folders,
    OutboundWebsocket,
    Phone,
    Registration,
    RtpPorts,
    Trunk,
)

CARRIER_ACCOUNT = "paceline-trunk"  # the name under which the dialer signs in with the carrier
CUSTOMERS = Path(__file__).with_name("customers.conf")
Running = TypeVar("Running", bound="Startable")
SECRET_BYTES = 18
TCP_PORTS_EACH = 2  # HTTP and AMI
RTP_SECONDS_MAX = 5
CHANNELS_MAX = 500  # more than two cores carry
CALLS_PER_SECOND_MAX = 100.0
ENTITY_IDS = {"dialer": "02:00:00:00:00:01", "carrier": "02:00:00:00:00:02"}  # locally administered


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """Two Asterisks that know each other; `dialer` is the one to steer."""

    dialer: AsteriskInstance
    carrier: AsteriskInstance
    dialer_settings: AsteriskSettings
    carrier_settings: AsteriskSettings

    @property
    def carrier_sip_port(self) -> int:
        """Where the carrier listens."""
        return self.carrier_settings.sip_port

    def start(self) -> None:
        """Start the carrier, then the dialer; raises `AsteriskStartError` and leaves nothing running."""
        settings = self.dialer_settings
        write_message(self.dialer.root / "share/sounds/en", settings.safe_harbour_sound)
        with ExitStack() as undo:
            undo.callback(self.stop)
            self.carrier.start()
            self.dialer.start()
            undo.pop_all()

    def stop(self) -> None:
        """Stop both."""
        self.dialer.stop()
        self.carrier.stop()


def prepare_laboratory(
    root: Path,
    program: AsteriskProgram,
    *,
    registers: bool = False,
    agents: tuple[Agent, ...] = (),
    outbound: OutboundWebsocket | None = None,
) -> Laboratory:
    """A laboratory under a folder, on ports that are free now, with fresh secrets; not started yet."""
    tcp = free_ports(2 * TCP_PORTS_EACH, kind=socket.SOCK_STREAM)
    dialer_sip, carrier_sip = free_ports(2, kind=socket.SOCK_DGRAM)
    dialer_rtp, carrier_rtp = free_rtp_ports(2)
    password = new_secret()
    registration = Registration(user_name=CARRIER_ACCOUNT, password=password) if registers else None
    dialer_settings = AsteriskSettings(
        **own_settings("dialer", root, program, tcp[:TCP_PORTS_EACH], dialer_rtp),
        sip_port=dialer_sip,
        trunks=(lab_trunk("carrier", carrier_sip, registration),),
        agents=agents,
        outbound=outbound,
    )
    account = Agent(name=CARRIER_ACCOUNT, password=password, phone=Phone.SIP, codecs=(Codec.ULAW,))
    carrier_settings = AsteriskSettings(
        **own_settings("carrier", root, program, tcp[TCP_PORTS_EACH:], carrier_rtp),
        sip_port=carrier_sip,
        trunks=() if registers else (lab_trunk("dialer", dialer_sip, None),),
        agents=(account,) if registers else (),
    )
    carrier_texts = {**render(carrier_settings), "extensions.conf": CUSTOMERS.read_text()}
    return Laboratory(
        dialer=instance_of("dialer", root, program, render(dialer_settings)),
        carrier=instance_of("carrier", root, program, carrier_texts),
        dialer_settings=dialer_settings,
        carrier_settings=carrier_settings,
    )


class Startable(Protocol):
    """Any kind of laboratory."""

    def start(self) -> None:
        """Start everything, or nothing."""

    def stop(self) -> None:
        """Stop everything."""


@contextmanager
def running(lab: Running) -> Iterator[Running]:
    """A laboratory that runs for as long as the block lasts."""
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()


def new_secret() -> str:
    """A secret that nobody has used before."""
    return secrets.token_urlsafe(SECRET_BYTES)


class OwnSettings(TypedDict):
    """Settings that the two Asterisks differ in."""

    system_name: str
    entity_id: str
    folders: Folders
    ari: AriUser
    ami: AmiUser
    http_port: int
    ami_port: int
    rtp: RtpPorts


def own_settings(
    name: str, root: Path, program: AsteriskProgram, tcp: tuple[int, ...], rtp: tuple[int, int]
) -> OwnSettings:
    """What one Asterisk of a laboratory has for itself; `tcp` are its ports for HTTP and AMI."""
    return OwnSettings(
        system_name=name,
        entity_id=ENTITY_IDS[name],
        folders=folders_in(root / name, program),
        ari=AriUser(name="engine", password=new_secret()),
        ami=AmiUser(name="watch", password=new_secret()),
        http_port=tcp[0],
        ami_port=tcp[1],
        rtp=RtpPorts(first=rtp[0], last=rtp[1]),
    )


def lab_trunk(name: str, port: int, registration: Registration | None) -> Trunk:
    """A trunk to a port of loopback."""
    return Trunk(
        name=name,
        host=LOOPBACK,
        port=port,
        networks=(f"{LOOPBACK}:{port}",),
        registration=registration,
        codecs=(Codec.ULAW,),
        # A killed dialer says no goodbye; its calls at the carrier end by silence.
        rtp_seconds_max=RTP_SECONDS_MAX,
        channels_max=CHANNELS_MAX,
        calls_per_second_max=CALLS_PER_SECOND_MAX,
    )


def instance_of(name: str, root: Path, program: AsteriskProgram, texts: dict[str, str]) -> AsteriskInstance:
    """An Asterisk in a folder of its own below the laboratory's."""
    return AsteriskInstance(name=name, root=root / name, program=program, texts=texts)
