"""The called parties of one trunk: plays a population over SIP and RTP, and keeps the truth about every call.

No call outlives its far side or the limits: a killed Asterisk says no goodbye.
"""

import secrets
import time
from collections import Counter

from asterisk_config.lab.called_party import CalledParty
from asterisk_config.lab.calling_party import CallingParty
from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.party import CARRIER_LIMITS, Party, PartyLimits
from asterisk_config.lab.population import Behaviour, Fate, Population
from asterisk_config.lab.rtp_stream import LOOPBACK
from asterisk_config.lab.sip_dialog import CalledDialog, CallingDialog
from asterisk_config.lab.sip_endpoint import Address, SipEndpoint, answer_outside_of_calls
from asterisk_config.lab.sip_message import SipMessage
from asterisk_config.lab.telephone_room import TelephoneRoom


class SipCarrier:
    """Listens where the trunk points to, and plays whoever is called there."""

    def __init__(
        self, room: TelephoneRoom, population: Population, *, limits: PartyLimits = CARRIER_LIMITS
    ) -> None:
        self.population = population  # may be changed while it runs: calls that are up go on as they began
        self.endpoint = SipEndpoint(self._receive)
        self._room = room
        self._limits = limits
        self._calls: dict[str, CarrierCall] = {}  # by SIP's Call-ID
        self._parties: dict[str, Party] = {}
        self._attempts: Counter[str] = Counter()

    async def open(self, port: int = 0) -> None:
        """Listen on a port of loopback; raises `OSError` where it is taken."""
        await self.endpoint.open(LOOPBACK, port)
        self._room.undo.callback(self.endpoint.close)

    def truth(self) -> list[CarrierCall]:
        """Every call so far, those that are up too, in the order they came."""
        for party in self._parties.values():
            party.note()
        return list(self._calls.values())

    @property
    def calls_up(self) -> int:
        """Calls that are not over."""
        return len(self._parties)

    def forget(self) -> None:
        """Forget the calls that are over, and how often each number was called."""
        self._calls = {name: call for name, call in self._calls.items() if name in self._parties}
        self._attempts.clear()

    def hang_up(self, sip_call_id: str) -> bool:
        """Let the party of a call hang up now; False if that call is not up."""
        party = self._parties.get(sip_call_id)
        if party is not None:
            party.hang_up()
        return party is not None

    def press_key(self, sip_call_id: str, key: str) -> bool:
        """Let the party of a call press a key; False if that call is not up."""
        party = self._parties.get(sip_call_id)
        if party is not None:
            self._room.start(party.dialog.press(key))
        return party is not None

    def place_call(
        self,
        dialer: Address,
        *,
        number: str,
        caller_id_number: str,
        talk_seconds: float,
        ring_seconds_max: float,
    ) -> CarrierCall:
        """Let a person call the dialer, who speaks for some time and gives up where nobody answers."""
        dialog = CallingDialog(self.endpoint, dialer, number=number, caller_id_number=caller_id_number)
        call = CarrierCall(
            sip_call_id=dialog.call_id,
            number=number,
            caller_id_number=caller_id_number,
            attempt=0,
            fate=None,
            is_inbound=True,
            invited_at=time.time(),
        )
        person = Behaviour(fate=Fate.HUMAN, ring_seconds=ring_seconds_max, talk_seconds=talk_seconds)
        self._start(CallingParty(self._room, call, dialog, person))
        return call

    def _receive(self, message: SipMessage, address: Address) -> None:
        party = self._parties.get(message.call_id)
        if party is not None:
            party.dialog.receive(message, address)
        elif message.method == "INVITE" and not message.to_tag:
            # One that is over already is a datagram that came late.
            if message.call_id not in self._calls:
                self._begin(message, address)
        elif message.method == "REGISTER":
            signed_in = (
                ("Contact", message.header("contact")),
                ("Expires", message.header("expires") or "300"),
            )
            self.endpoint.answer(message, address, 200, tag=secrets.token_hex(4), headers=signed_in)
        else:
            answer_outside_of_calls(self.endpoint, message, address)

    def _begin(self, invite: SipMessage, address: Address) -> None:
        number = invite.user
        behaviour = self.population.behaviour(number, self._attempts[number])
        call = CarrierCall(
            sip_call_id=invite.call_id,
            number=number,
            caller_id_number=invite.caller,
            attempt=self._attempts[number],
            fate=behaviour.fate,
            invited_at=time.time(),
        )
        self._attempts[number] += 1
        dialog = CalledDialog(self.endpoint, invite, address)
        self._start(CalledParty(self._room, call, dialog, behaviour, limits=self._limits))

    def _start(self, party: Party) -> None:
        self._calls[party.call.sip_call_id] = party.call
        self._parties[party.call.sip_call_id] = party
        self._room.start(self._play(party))

    async def _play(self, party: Party) -> None:
        try:
            await party.play()
        finally:
            self._parties.pop(party.call.sip_call_id, None)
