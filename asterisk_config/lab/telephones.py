"""A process with a carrier and phones in it, so that the load shares no interpreter with the program.

Started by `TelephonesProcess`; takes its settings and then questions as JSON, a line each, from its standard
input, and answers on its standard output. It ends when its input does.
"""

import asyncio
import gc
import json
import signal
import sys
from dataclasses import asdict, dataclass

from asterisk_config.lab.carrier_call import call_words
from asterisk_config.lab.population_words import AnyPopulation, population_words, read_population
from asterisk_config.lab.rtp_stream import LOOPBACK
from asterisk_config.lab.sip_carrier import SipCarrier
from asterisk_config.lab.sip_endpoint import Address
from asterisk_config.lab.sip_phone import SipPhone
from asterisk_config.lab.telephone_room import telephone_room

READY = "ready"
LINE_BYTES_MAX = 64 << 20
Words = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAccount:
    """With what a phone signs in."""

    name: str
    password: str  # of this laboratory only


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonesSettings:
    """Who is in the process."""

    population: AnyPopulation
    carrier_port: int
    dialer_port: int  # SIP of the dialer's Asterisk: where phones sign in and inbound calls go
    phones: tuple[PhoneAccount, ...] = ()


def settings_words(settings: TelephonesSettings) -> Words:
    """The settings as JSON knows them."""
    return {**asdict(settings), "population": population_words(settings.population)}


class Telephones:
    """Answers the questions of the process that started this one."""

    def __init__(self, carrier: SipCarrier, phones: dict[str, SipPhone], dialer: Address) -> None:
        self._carrier = carrier
        self._dialer = dialer
        self._phones = phones

    def answer(self, words: Words) -> object:
        """The answer to one question."""
        match words:
            case {"ask": "truth"}:
                return [call_words(call) for call in self._carrier.truth()]
            case {"ask": "calls_up"}:
                return self._carrier.calls_up
            case {"ask": "phones"}:
                return {name: _phone_words(phone) for name, phone in self._phones.items()}
            case {"ask": "phone_truth", "phone": str(name)}:
                return [call_words(call) for call in self._phones[name].truth()]
            case {"ask": "place_call", "number": str(number), "caller_id_number": str(caller)}:
                call = self._carrier.place_call(
                    self._dialer,
                    number=number,
                    caller_id_number=caller,
                    talk_seconds=float(str(words["talk_seconds"])),
                    ring_seconds_max=float(str(words["ring_seconds_max"])),
                )
                return call.sip_call_id
            case {"ask": "hang_up_call", "call": str(sip_call_id)}:
                return self._carrier.hang_up(sip_call_id)
            case {"ask": "press_key", "call": str(sip_call_id), "key": str(key)}:
                return self._carrier.press_key(sip_call_id, key)
            case {"ask": "populate", "population": dict(population)}:
                self._carrier.population = read_population(population)
                return True
            case {"ask": "reset"}:
                self._carrier.forget()
                for phone in self._phones.values():
                    phone.forget()
                return True
            case {"ask": str(verb), "phone": str(name)}:
                return _bid(self._phones[name], verb)
        raise ValueError(f"expected a question that this process knows, got {words}")


def _bid(phone: SipPhone, verb: str) -> bool:
    match verb:
        case "hang_up":
            phone.hang_up()
        case "vanish":
            phone.vanish()
        case "come_back":
            phone.come_back()
        case _:
            return False
    return True


def _phone_words(phone: SipPhone) -> Words:
    return {
        "is_registered": phone.is_registered,
        "register_status": phone.register_status,
        "registrations": phone.registrations,
        "legs_up": phone.legs_up,
        "hears": phone.hears.value,
        "changes": [(at, tone.value) for at, tone in phone.heard()],
    }


async def serve() -> None:
    """Play until nobody asks any more."""
    lines = await _standard_input()
    settings = json.loads(await lines.readline())
    async with telephone_room() as room:
        carrier = SipCarrier(room, read_population(settings["population"]))
        await carrier.open(settings["carrier_port"])
        registrar = (LOOPBACK, int(settings["dialer_port"]))
        phones = {
            each["name"]: SipPhone(room, name=each["name"], password=each["password"], registrar=registrar)
            for each in settings["phones"]
        }
        for phone in phones.values():
            await phone.open()
        telephones = Telephones(carrier, phones, registrar)
        _say(READY)
        gc.freeze()
        while line := await lines.readline():
            _say(telephones.answer(json.loads(line)))


async def _standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # A keeper waits for its signals by blocking them, and its children inherit that.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    asyncio.run(serve())
