"""An agent's telephone: signs in, answers every call at once, speaks in the agent's tone and listens.

It signs in again every few seconds, so that an Asterisk that was started anew soon knows it.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Iterator
from itertools import cycle

from asterisk_config.lab.called_party import CalledParty
from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.party import PartyLimits
from asterisk_config.lab.population import Behaviour, Fate
from asterisk_config.lab.rtp_stream import LOOPBACK
from asterisk_config.lab.sip_dialog import CalledDialog
from asterisk_config.lab.sip_digest import Challenge, authorization, read_challenge
from asterisk_config.lab.sip_endpoint import Address, SipEndpoint, answer_outside_of_calls
from asterisk_config.lab.sip_message import SipMessage, request
from asterisk_config.lab.telephone_room import TelephoneRoom
from asterisk_config.lab.tones import AGENT_HERTZ, Tone, tone_frames

EXPIRY_SECONDS = 120
REFRESH_SECONDS = 5.0
RETRY_SECONDS = 0.3  # after a sign-in that was not answered or refused
REGISTER_SECONDS_MAX = 1.5
ANSWERS_AT_ONCE = Behaviour(fate=Fate.HUMAN, ring_seconds=0.0, talk_seconds=math.inf)
# An agent's leg lasts a shift, and Asterisk sends nothing while the agent is alone in his bridge.
PHONE_LIMITS = PartyLimits(talk_seconds_max=math.inf, silence_seconds_max=math.inf)
UNAUTHORIZED = frozenset({401, 407})


def agent_speech(_: Behaviour) -> Iterator[bytes]:
    """What an agent says all day."""
    return cycle(tone_frames(AGENT_HERTZ))


class SipPhone:
    """One telephone with a port of its own."""

    def __init__(
        self,
        room: TelephoneRoom,
        *,
        name: str,
        password: str,
        registrar: Address,
        refresh_seconds: float = REFRESH_SECONDS,
    ) -> None:
        self.name = name
        self.endpoint = SipEndpoint(self._receive)
        self.is_registered = False
        self.register_status = 0  # of the registrar's last answer; 0 where there was none
        self.registrations = 0  # sign-ins that the registrar accepted
        self._room = room
        self._password = password
        self._registrar = registrar
        self._refresh_seconds = refresh_seconds
        self._call_id = secrets.token_hex(8)
        self._sequence = 0
        self._challenge: Challenge | None = None
        self._challenge_uses = 0
        self._legs: list[CarrierCall] = []
        self._parties: dict[str, CalledParty] = {}

    async def open(self) -> None:
        """Take a port of loopback and begin to sign in."""
        await self.endpoint.open(LOOPBACK)
        self._room.undo.callback(self.endpoint.close)
        self._room.start(self._stay_registered())

    def truth(self) -> list[CarrierCall]:
        """Every call to this phone so far, in the order they came."""
        for party in self._parties.values():
            party.note()
        return list(self._legs)

    @property
    def legs_up(self) -> int:
        """Calls that are not over."""
        return len(self._parties)

    @property
    def hears(self) -> Tone:
        """Who is heard at this moment."""
        streams = [party.stream for party in self._parties.values() if party.stream is not None]
        return streams[-1].hears(time.time()) if streams else Tone.SILENCE

    def heard(self) -> list[tuple[float, Tone]]:
        """When who began to be heard, of the last leg that is up; seconds since the epoch."""
        streams = [party.stream for party in self._parties.values() if party.stream is not None]
        return list(streams[-1].hearing.changes) if streams else []

    def hang_up(self) -> None:
        """Hang up whatever is up."""
        for party in self._parties.values():
            party.hang_up()

    def vanish(self) -> None:
        """Lose the network: nothing is answered, nothing is said."""
        self.endpoint.is_deaf = True
        for party in self._parties.values():
            if party.stream is not None:
                party.stream.is_cut = True

    def come_back(self) -> None:
        """Have the network again."""
        self.endpoint.is_deaf = False
        for party in self._parties.values():
            if party.stream is not None:
                party.stream.is_cut = False

    def forget(self) -> None:
        """Forget the calls that are over."""
        self._legs = [leg for leg in self._legs if leg.sip_call_id in self._parties]

    async def _stay_registered(self) -> None:
        while True:
            self.is_registered = await self._register()
            self.registrations += self.is_registered
            await asyncio.sleep(self._refresh_seconds if self.is_registered else RETRY_SECONDS)

    async def _register(self) -> bool:
        answer = await self._ask_registrar()
        if answer is not None and answer.status in UNAUTHORIZED:
            name = "www-authenticate" if answer.status == 401 else "proxy-authenticate"
            challenges = [read_challenge(value) for value in answer.headers_of(name)]
            self._challenge = next((each for each in challenges if each is not None), None)
            self._challenge_uses = 0
            answer = await self._ask_registrar() if self._challenge is not None else None
        self.register_status = 0 if answer is None else answer.status
        return self.register_status == 200

    async def _ask_registrar(self) -> SipMessage | None:
        uri = f"sip:{self._registrar[0]}:{self._registrar[1]}"
        own = f"<sip:{self.name}@{self._registrar[0]}>"
        branch, via = self.endpoint.new_via()
        self._sequence += 1
        headers = [
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", f"{own};tag={secrets.token_hex(4)}"),
            ("To", own),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._sequence} REGISTER"),
            ("Contact", f"<sip:{self.name}@{self.endpoint.place}>"),
            ("Expires", str(EXPIRY_SECONDS)),
        ]
        if self._challenge is not None:
            headers.append(("Authorization", self._authorization(self._challenge, uri)))
        return await self.endpoint.ask(
            request("REGISTER", uri, headers),
            self._registrar,
            branch=branch,
            method="REGISTER",
            seconds_max=REGISTER_SECONDS_MAX,
        )

    def _authorization(self, challenge: Challenge, uri: str) -> str:
        self._challenge_uses += 1
        return authorization(
            challenge,
            user=self.name,
            password=self._password,
            method="REGISTER",
            uri=uri,
            count=self._challenge_uses,
            own_nonce=secrets.token_hex(8),
        )

    def _receive(self, message: SipMessage, address: Address) -> None:
        party = self._parties.get(message.call_id)
        if party is not None:
            party.dialog.receive(message, address)
        elif message.method == "INVITE" and not message.to_tag:
            if all(leg.sip_call_id != message.call_id for leg in self._legs):
                self._begin(message, address)
        else:
            answer_outside_of_calls(self.endpoint, message, address)

    def _begin(self, invite: SipMessage, address: Address) -> None:
        leg = CarrierCall(
            sip_call_id=invite.call_id,
            number=self.name,
            caller_id_number=invite.caller,
            attempt=len(self._legs),
            fate=ANSWERS_AT_ONCE.fate,
            invited_at=time.time(),
        )
        dialog = CalledDialog(self.endpoint, invite, address)
        party = CalledParty(
            self._room, leg, dialog, ANSWERS_AT_ONCE, limits=PHONE_LIMITS, speech=agent_speech
        )
        self._legs.append(leg)
        self._parties[leg.sip_call_id] = party
        self._room.start(self._play(party))

    async def _play(self, party: CalledParty) -> None:
        try:
            await party.play()
        finally:
            self._parties.pop(party.call.sip_call_id, None)
