"""A dialer's Asterisk beside our own carrier and phones: cheap enough for load, and it knows the truth.

Where real media matters (AMD prompts, WebRTC), `laboratory` has a second Asterisk as carrier instead.
"""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from asterisk_config.lab.instance import AsteriskInstance
from asterisk_config.lab.laboratory import (
    CARRIER_ACCOUNT,
    instance_of,
    lab_trunk,
    new_secret,
    own_settings,
)
from asterisk_config.lab.network import free_ports, free_rtp_ports
from asterisk_config.lab.population import DigitPopulation
from asterisk_config.lab.population_words import AnyPopulation
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.safe_harbour import write_message
from asterisk_config.lab.telephones import PhoneAccount, TelephonesSettings
from asterisk_config.lab.telephones_process import TelephonesProcess
from asterisk_config.renderer import render
from asterisk_config.settings import (
    Agent,
    AsteriskSettings,
    Codec,
    OutboundWebsocket,
    Phone,
    Registration,
)

RTP_PORTS = 2000  # two for each leg: 500 pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class SipLaboratory:
    """An Asterisk to steer, and everybody whom it can call."""

    dialer: AsteriskInstance
    dialer_settings: AsteriskSettings
    telephones: TelephonesProcess

    @property
    def carrier_sip_port(self) -> int:
        """Where the carrier listens."""
        return self.telephones.settings.carrier_port

    def start(self) -> None:
        """Start the carrier and the phones, then the dialer; leaves nothing running if that fails.

        Raises `AsteriskStartError` and `TelephonesError`. Phones sign in soon after, see
        `TelephonesProcess.wait_until_registered`.
        """
        write_message(self.dialer.root / "share/sounds/en", self.dialer_settings.safe_harbour_sound)
        with ExitStack() as undo:
            undo.callback(self.stop)
            self.telephones.start()
            self.dialer.start()
            undo.pop_all()

    def stop(self) -> None:
        """Stop everything."""
        self.dialer.stop()
        self.telephones.stop()


def prepare_sip_laboratory(
    root: Path,
    program: AsteriskProgram,
    *,
    agents: int = 0,
    population: AnyPopulation | None = None,
    registers: bool = False,
    outbound: OutboundWebsocket | None = None,
) -> SipLaboratory:
    """A laboratory under a folder, on ports that are free now, with fresh secrets; not started yet.

    Agents are called `agent-1` and so on, at the phone and at Asterisk.
    """
    tcp = free_ports(2, kind=socket.SOCK_STREAM)
    dialer_sip, carrier_sip = free_ports(2, kind=socket.SOCK_DGRAM)
    accounts = tuple(
        PhoneAccount(name=f"agent-{place}", password=new_secret()) for place in range(1, agents + 1)
    )
    registration = Registration(user_name=CARRIER_ACCOUNT, password=new_secret()) if registers else None
    (rtp,) = free_rtp_ports(1, size=RTP_PORTS)
    settings = AsteriskSettings(
        **own_settings("dialer", root, program, tcp, rtp),
        sip_port=dialer_sip,
        trunks=(lab_trunk("carrier", carrier_sip, registration),),
        agents=tuple(
            Agent(name=each.name, password=each.password, phone=Phone.SIP, codecs=(Codec.ULAW,))
            for each in accounts
        ),
        outbound=outbound,
    )
    telephones = TelephonesSettings(
        population=population or DigitPopulation(),
        carrier_port=carrier_sip,
        dialer_port=dialer_sip,
        phones=accounts,
    )
    return SipLaboratory(
        dialer=instance_of("dialer", root, program, render(settings)),
        dialer_settings=settings,
        telephones=TelephonesProcess(settings=telephones, log=root / "telephones.log"),
    )
