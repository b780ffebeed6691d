"""A party in a call, from the answer on: speaks, listens, and notes how it ended."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice, repeat

from asterisk_config.lab.carrier_call import CarrierCall, EndedBy
from asterisk_config.lab.population import RING_SECONDS_MAX, TALK_SECONDS_MAX, Behaviour, Fate, Misbehaviour
from asterisk_config.lab.rtp_stream import RtpStream, silence
from asterisk_config.lab.sip_dialog import NORMAL_END, SipDialog
from asterisk_config.lab.sip_endpoint import ANSWER_SECONDS_MAX
from asterisk_config.lab.telephone_room import TelephoneRoom
from asterisk_config.lab.tones import BEEP_HERTZ, CLIENT_HERTZ, FRAME_SECONDS, SILENT_FRAME, tone_frames

BEEP_SECONDS = 0.3
LOOK_SECONDS = 0.5  # between two looks whether the far side still lives
LOST_GOODBYE_SECONDS = 2.0  # for a far side that is thought dead


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLimits:
    """How long a party waits for a far side that may be dead."""

    acknowledge_seconds_max: float = ANSWER_SECONDS_MAX  # for ACK, and for the answer to BYE
    ring_seconds_max: float = RING_SECONDS_MAX
    talk_seconds_max: float = TALK_SECONDS_MAX
    silence_seconds_max: float = 30.0  # without a packet, after one came
    refused_seconds_max: float = 3.0  # since the far side's speech port was closed, without a BYE


CARRIER_LIMITS = PartyLimits()


def party_speech(behaviour: Behaviour) -> Iterator[bytes] | None:
    """The packets that a party says after its answer; None if it sends none at all."""
    if Misbehaviour.SENDS_NO_RTP in behaviour.misbehaviours:
        return None
    if behaviour.fate is Fate.SILENCE:
        return silence()
    voice = tone_frames(CLIENT_HERTZ)
    greeting = islice(cycle(voice), _frames(behaviour.greeting_seconds))
    if behaviour.fate is Fate.MACHINE:
        beep = islice(cycle(tone_frames(BEEP_HERTZ)), _frames(BEEP_SECONDS))
        return chain(greeting, beep, silence())
    return chain(greeting, repeat(SILENT_FRAME, _frames(behaviour.pause_seconds)), cycle(voice))


class Party:
    """What a called and a calling party have in common; `play` returns when the call is over."""

    def __init__(
        self,
        room: TelephoneRoom,
        call: CarrierCall,
        dialog: SipDialog,
        behaviour: Behaviour,
        *,
        limits: PartyLimits = CARRIER_LIMITS,
        speech: Callable[[Behaviour], Iterator[bytes] | None] = party_speech,
    ) -> None:
        self.call = call
        self.dialog = dialog
        self.stream: RtpStream | None = None
        self._room = room
        self._behaviour = behaviour
        self._limits = limits
        self._speech = speech
        self._wants_end = False

    async def play(self) -> None:
        """Do what the behaviour says."""
        try:
            await self._play()
        finally:
            self.note()
            if self.stream is not None:
                self._room.pacer.remove(self.stream)

    def note(self) -> None:
        """Bring the record up to date with what was heard."""
        self.call.acknowledged_at = self.dialog.acknowledged_at
        if self.stream is not None:
            self.call.take_over(self.stream)

    def hang_up(self) -> None:
        """Let the party hang up now."""
        self._wants_end = True
        self.dialog.wake()

    async def _play(self) -> None:
        """Take part in the call until it is over."""
        raise NotImplementedError

    async def _talk(self, stream: RtpStream) -> None:
        """Speak and listen until one side hangs up."""
        if self.dialog.speech_place is not None:
            stream.connect(self.dialog.speech_place)
        stream.speech = self._speech(self._behaviour)
        until = time.monotonic() + min(self._behaviour.talk_seconds, self._limits.talk_seconds_max)
        ended_by: EndedBy | None = None
        while ended_by is None:
            left_seconds = until - time.monotonic()
            if self.dialog.is_ended:
                ended_by = EndedBy.DIALER
            elif self._wants_end or left_seconds <= 0:
                ended_by = EndedBy.CLIENT
            elif self._is_lost(stream):
                ended_by = EndedBy.LOST
            else:
                await self.dialog.wait_until(self._is_over, min(left_seconds, LOOK_SECONDS))
        self._end(ended_by)
        stream.speech = None
        if ended_by is EndedBy.CLIENT:
            reason = "" if self._does(Misbehaviour.BYE_WITHOUT_REASON) else NORMAL_END
            await self.dialog.end(reason=reason, seconds_max=self._limits.acknowledge_seconds_max)
        elif ended_by is EndedBy.LOST:
            await self.dialog.end(seconds_max=LOST_GOODBYE_SECONDS)

    def _is_over(self) -> bool:
        return self.dialog.is_ended or self._wants_end

    def _is_lost(self, stream: RtpStream) -> bool:
        now = time.time()
        refused_seconds = 0.0 if stream.refused_at is None else now - stream.refused_at
        silence_seconds = 0.0 if stream.last_packet_at is None else now - stream.last_packet_at
        return (
            refused_seconds > self._limits.refused_seconds_max
            or silence_seconds > self._limits.silence_seconds_max
        )

    def _open_stream(self, place: tuple[str, int] | None = None) -> RtpStream:
        self.stream = RtpStream()
        if place is not None:
            self.stream.connect(place)
        self._room.pacer.add(self.stream)
        return self.stream

    def _end(self, ended_by: EndedBy, status: int | None = None) -> None:
        self.call.ended_at = time.time()
        self.call.ended_by = ended_by
        self.call.status = status or self.call.status

    def _does(self, misbehaviour: Misbehaviour) -> bool:
        return misbehaviour in self._behaviour.misbehaviours


def _frames(seconds: float) -> int:
    return math.ceil(seconds / FRAME_SECONDS)
