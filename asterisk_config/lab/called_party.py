"""One called party at work: follows its behaviour from the INVITE to the end."""

import time
from collections.abc import Callable, Iterator
from itertools import cycle

from asterisk_config.lab.carrier_call import CarrierCall, EndedBy
from asterisk_config.lab.party import CARRIER_LIMITS, LOST_GOODBYE_SECONDS, Party, PartyLimits, party_speech
from asterisk_config.lab.population import Behaviour, Fate, Misbehaviour
from asterisk_config.lab.rtp_stream import LOOPBACK
from asterisk_config.lab.sip_dialog import CalledDialog
from asterisk_config.lab.sip_message import speech_offer
from asterisk_config.lab.telephone_room import TelephoneRoom
from asterisk_config.lab.tones import tone_frames

ANNOUNCEMENT_HERTZ = 950.0  # "no service under this number" begins with it (ITU-T E.180)
GIVEN_UP_STATUS = 480  # it rang for too long
CANCELLED_STATUS = 487
NO_COMMON_CODEC_STATUS = 488
GARBAGE = (b"\x00\xff\x00", b"SIP/2.0 200 OK\r\n\r\n", b"INVITE\r\n", b"BYE sip:a@b SIP/2.0\r\nVia: \r\n\r\n")


class CalledParty(Party):
    """A party that is called."""

    dialog: CalledDialog

    def __init__(
        self,
        room: TelephoneRoom,
        call: CarrierCall,
        dialog: CalledDialog,
        behaviour: Behaviour,
        *,
        limits: PartyLimits = CARRIER_LIMITS,
        speech: Callable[[Behaviour], Iterator[bytes] | None] = party_speech,
    ) -> None:
        super().__init__(room, call, dialog, behaviour, limits=limits, speech=speech)

    async def _play(self) -> None:
        behaviour = self._behaviour
        self.dialog.progress(100)
        if self._does(Misbehaviour.SENDS_GARBAGE):
            self.dialog.send_garbage(GARBAGE)
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
        await self._talk(stream)
