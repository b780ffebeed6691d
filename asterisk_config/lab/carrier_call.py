"""The truth about one call at the carrier: who was called, what happened when, what the party heard."""

from dataclasses import asdict, dataclass, field
from enum import Enum, unique

from asterisk_config.lab.population import Fate
from asterisk_config.lab.rtp_stream import RtpStream
from asterisk_config.lab.tones import Tone


@unique
class EndedBy(Enum):
    """Who or what ended a call."""

    CLIENT = "client"  # the party hung up
    DIALER = "dialer"
    CANCELLED = "cancelled"  # the caller gave up before an answer
    REFUSED = "refused"  # never answered, by the party's or the network's will
    NO_ACK = "no_ack"  # answered, and the caller never said that it knows
    LOST = "lost"  # the far side fell silent without a goodbye


@dataclass(slots=True, kw_only=True)
class CarrierCall:
    """One call as its called party (or, where `is_inbound`, its calling party) knows it.

    Instants are seconds since the epoch; what did not happen is None.
    """

    sip_call_id: str  # SIP's Call-ID, the same at the dialer: `protocol_id` of Asterisk's channels
    number: str  # that was called
    caller_id_number: str  # that was shown
    attempt: int  # how often this number was called before
    fate: Fate | None  # what the party was to do; None of a call into the dialer
    is_inbound: bool = False  # whether the party called the dialer
    invited_at: float  # INVITE came, or went
    ringing_at: float | None = None  # 180 or 183
    answered_at: float | None = None  # first 200
    acknowledged_at: float | None = None  # first ACK
    ended_at: float | None = None
    status: int | None = None  # final SIP status
    ended_by: EndedBy | None = None
    packets_received: int = 0  # of speech
    packets_sent: int = 0
    first_packet_at: float | None = None
    first_sound_at: float | None = None  # first packet that was not silence
    heard: dict[Tone, float] = field(default_factory=dict)  # who was heard, with the first instants

    def take_over(self, stream: RtpStream) -> None:
        """Note what a stream has heard so far."""
        self.packets_received = stream.packets_received
        self.packets_sent = stream.packets_sent
        self.first_packet_at = stream.first_packet_at
        self.first_sound_at = stream.hearing.first_sound_at
        self.heard = dict(stream.hearing.heard)


def call_words(call: CarrierCall) -> dict[str, object]:
    """The call as JSON knows it; enums by value."""
    words = asdict(call)
    words["fate"] = call.fate.value if call.fate else None
    words["ended_by"] = call.ended_by.value if call.ended_by else None
    words["heard"] = {tone.value: at for tone, at in call.heard.items()}
    return words


def read_call(words: dict[str, object]) -> CarrierCall:
    """The call that `call_words` wrote."""
    fate, ended_by, heard = words["fate"], words["ended_by"], words["heard"]
    assert isinstance(heard, dict)
    enums = {
        "fate": Fate(fate) if fate else None,
        "ended_by": EndedBy(ended_by) if ended_by else None,
        "heard": {Tone(tone): at for tone, at in heard.items()},
    }
    return CarrierCall(**{**words, **enums})  # type: ignore[arg-type] # written by `call_words` alone
