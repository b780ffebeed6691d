"""A person who calls the dialer, e.g. back: the truth about a call that comes in."""

import time

from asterisk_config.lab.carrier_call import CarrierCall, EndedBy
from asterisk_config.lab.party import Party
from asterisk_config.lab.population import Behaviour
from asterisk_config.lab.rtp_stream import LOOPBACK
from asterisk_config.lab.sip_dialog import CallingDialog
from asterisk_config.lab.sip_message import speech_offer
from asterisk_config.lab.telephone_room import TelephoneRoom


class CallingParty(Party):
    """A party that calls, and gives up after `ring_seconds` of its behaviour."""

    dialog: CallingDialog

    def __init__(
        self, room: TelephoneRoom, call: CarrierCall, dialog: CallingDialog, behaviour: Behaviour
    ) -> None:
        super().__init__(room, call, dialog, behaviour)

    def hang_up(self) -> None:
        """Let the person hang up now, answered or not."""
        self.dialog.gives_up = True
        super().hang_up()

    def _failure(self, status: int) -> EndedBy:
        if not status:
            return EndedBy.LOST
        return EndedBy.CANCELLED if self.dialog.gives_up else EndedBy.REFUSED

    async def _play(self) -> None:
        stream = self._open_stream()
        offer = speech_offer(LOOPBACK, stream.port)
        try:
            status = await self.dialog.call(offer, self._behaviour.ring_seconds)
            if 200 <= status < 300:
                self.call.answered_at = time.time()
                self.call.status = status
                await self._talk(stream)
            else:
                self._end(self._failure(status), status)
        finally:
            self.dialog.close()
