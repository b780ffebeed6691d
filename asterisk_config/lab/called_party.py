"""One called party at work: follows its behaviour from the INVITE to the end, and notes what happened."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice, repeat

from asterisk_config.lab.carrier_call import CarrierCall, EndedBy
from asterisk_config.lab.population import RING_SECONDS_MAX, TALK_SECONDS_MAX, Behaviour, Fate, Misbehaviour
from asterisk_config.lab.rtp_stream import LOOPBACK, RtpStream, silence
from asterisk_config.lab.sip_dialog import NORMAL_END, SipDialog
from asterisk_config.lab.sip_endpoint import ANSWER_SECONDS_MAX
from asterisk_config.lab.sip_message import speech_offer
from asterisk_config.lab.telephone_room import TelephoneRoom
from asterisk_config.lab.tones import BEEP_HERTZ, CLIENT_HERTZ, FRAME_SECONDS, SILENT_FRAME, tone_frames

BEEP_SECONDS = 0.3
ANNOUNCEMENT_HERTZ = 950.0  # "no service under this number" begins with it (ITU-T E.180)
GIVEN_UP_STATUS = 480  # it rang for too long
CANCELLED_STATUS = 487
NO_COMMON_CODEC_STATUS = 488
LOOK_SECONDS = 0.5  # between two looks whether the far side still lives
LOST_GOODBYE_SECONDS = 2.0  # for a far side that is thought dead
GARBAGE = (b"\x00\xff\x00", b"SIP/2.0 200 OK\r\n\r\n", b"INVITE\r\n", b"BYE sip:a@b SIP/2.0\r\nVia: \r\n\r\n")


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


class CalledParty:
    """A party in one call; `play` returns when the call is over."""

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
            self.dialog.progress(100)
            if self._does(Misbehaviour.SENDS_GARBAGE):
                self.dialog.send_garbage(GARBAGE)
            await self._play_until_answer()
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

    async def _play_until_answer(self) -> None:
        behaviour = self._behaviour
        ring_seconds = min(behaviour.ring_seconds, self._limits.ring_seconds_max)
        if ring_seconds > 0 and behaviour.fate is not Fate.TRYING_ONLY:
            self._ring()
        if await self.dialog.wait_until(lambda: self.dialog.is_cancelled, ring_seconds):
            if self._does(Misbehaviour.ANSWERS_AFTER_CANCEL):
                await self._answer()
            else:
                await self._refuse(CANCELLED_STATUS, EndedBy.CANCELLED)
        elif behaviour.is_answered:
            await self._answer()
        elif behaviour.fate in {Fate.NO_ANSWER, Fate.TRYING_ONLY}:
            await self._refuse(GIVEN_UP_STATUS, EndedBy.REFUSED)
        else:
            await self._refuse(behaviour.refusal_status, EndedBy.REFUSED)

    def _ring(self) -> None:
        self.call.ringing_at = time.time()
        if self._behaviour.fate is not Fate.EARLY_MEDIA_THEN_404:
            self.dialog.progress(180)
        elif self.dialog.speech_place is not None:
            stream = self._open_stream(self.dialog.speech_place)
            self.dialog.progress(183, speech_offer(LOOPBACK, stream.port))
            stream.speech = cycle(tone_frames(ANNOUNCEMENT_HERTZ))

    async def _refuse(self, status: int, ended_by: EndedBy) -> None:
        self._end(ended_by, status)
        await self.dialog.refuse(status, self._limits.acknowledge_seconds_max)

    async def _answer(self) -> None:
        if self.dialog.invite.body and self.dialog.speech_place is None:
            await self._refuse(NO_COMMON_CODEC_STATUS, EndedBy.REFUSED)
            return
        stream = self.stream or self._open_stream(self.dialog.speech_place)
        self.call.answered_at = time.time()
        self.call.status = 200
        self.dialog.ignores_end = self._does(Misbehaviour.IGNORES_BYE)
        offer = speech_offer(LOOPBACK, stream.port)
        if not await self.dialog.accept(offer, self._limits.acknowledge_seconds_max):
            self._end(EndedBy.NO_ACK)
            await self.dialog.end(seconds_max=LOST_GOODBYE_SECONDS)
            return
        if self._does(Misbehaviour.ANSWERS_TWICE):
            self.dialog.accept_as_another()
        if self.dialog.speech_place is not None:
            stream.connect(self.dialog.speech_place)
        stream.speech = self._speech(self._behaviour)
        await self._talk(stream)

    async def _talk(self, stream: RtpStream) -> None:
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

    def _open_stream(self, place: tuple[str, int] | None) -> RtpStream:
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
