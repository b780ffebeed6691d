"""Start and ask the process with the carrier and the phones, see `telephones`.

It dies with the thread that started it, and runs in that thread's network.
"""

import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from asterisk_config.errors import TelephonesError
from asterisk_config.lab.carrier_call import CarrierCall, read_call
from asterisk_config.lab.instance import die_with_parent
from asterisk_config.lab.population_words import AnyPopulation, population_words
from asterisk_config.lab.telephones import READY, TelephonesSettings, settings_words
from asterisk_config.lab.tones import Tone

ANSWER_SECONDS_MAX = 10.0
STOP_SECONDS_MAX = 5.0
POLL_SECONDS = 0.02
CHUNK_BYTES = 1 << 20
MODULE = "asterisk_config.lab.telephones"
LOG_BYTES_SHOWN = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """How a phone is at this moment."""

    is_registered: bool  # whether its last sign-in was accepted
    register_status: int  # SIP status of the last answer to a sign-in, 0 where there was none
    registrations: int  # sign-ins accepted so far
    legs_up: int  # calls
    hears: Tone
    changes: tuple[tuple[float, Tone], ...]  # when who began to be heard, seconds since the epoch


@dataclass(slots=True, kw_only=True)
class TelephonesProcess:
    """A carrier and phones in a process of their own: `start`, ask, `stop`."""

    settings: TelephonesSettings = field(repr=False)
    log: Path  # what it complains about
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _received: bytes = field(default=b"", repr=False)

    @property
    def process_id(self) -> int | None:
        """Id of the running process, None where it does not run."""
        is_running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process is not None and is_running else None

    def start(self) -> None:
        """Start and wait until the carrier listens; raises `TelephonesError`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._received = b""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        try:
            self._write(settings_words(self.settings))
            said = self._read()
            if said != READY:
                raise self._failure(READY, str(said))
        except TelephonesError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it and wait for its end; nothing happens if it does not run."""
        process = self._process
        if process is None:
            return
        self._process = None
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdout:
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with suppress(BrokenPipeError):
                process.stdin.close()

    def truth(self) -> list[CarrierCall]:
        """Every call at the carrier so far."""
        return _calls(self.ask("truth"))

    def phone_truth(self, phone: str) -> list[CarrierCall]:
        """Every call to a phone so far."""
        return _calls(self.ask("phone_truth", phone=phone))

    def calls_up(self) -> int:
        """Calls at the carrier that are not over."""
        count = self.ask("calls_up")
        assert isinstance(count, int)
        return count

    def phones(self) -> dict[str, PhoneState]:
        """How every phone is at this moment, by name."""
        words = self.ask("phones")
        assert isinstance(words, dict)
        return {name: _phone_state(each) for name, each in words.items()}

    def wait_until_registered(self, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """Wait until every phone is signed in; raises `TelephonesError`."""
        until = time.monotonic() + seconds_max
        while missing := [name for name, phone in self.phones().items() if not phone.is_registered]:
            if time.monotonic() > until:
                raise self._failure("every phone signed in", f"these are not: {', '.join(missing)}")
            time.sleep(POLL_SECONDS)

    def populate(self, population: AnyPopulation) -> None:
        """Let other people live at the carrier from now on; calls that are up go on as they began."""
        self.ask("populate", population=population_words(population))

    def reset(self) -> None:
        """Forget the calls that are over."""
        self.ask("reset")

    def place_call(
        self,
        *,
        number: str,
        caller_id_number: str,
        talk_seconds: float = 4.0,
        ring_seconds_max: float = 30.0,
    ) -> str:
        """Let a person call the dialer; SIP's Call-ID of the call, which `truth` holds from now on."""
        sip_call_id = self.ask(
            "place_call",
            number=number,
            caller_id_number=caller_id_number,
            talk_seconds=talk_seconds,
            ring_seconds_max=ring_seconds_max,
        )
        assert isinstance(sip_call_id, str)
        return sip_call_id

    def hang_up_call(self, sip_call_id: str) -> bool:
        """Let the party of a call hang up; False if that call is not up."""
        return self.ask("hang_up_call", call=sip_call_id) is True

    def press_key(self, sip_call_id: str, key: str) -> bool:
        """Let the party of a call press a key; False if that call is not up."""
        return self.ask("press_key", call=sip_call_id, key=key) is True

    def hang_up_phone(self, phone: str) -> None:
        """Let a phone hang up."""
        self.ask("hang_up", phone=phone)

    def vanish_phone(self, phone: str) -> None:
        """Let a phone lose its network."""
        self.ask("vanish", phone=phone)

    def bring_back_phone(self, phone: str) -> None:
        """Give a phone its network again."""
        self.ask("come_back", phone=phone)

    def ask(self, question: str, **words: object) -> object:
        """The process's answer; raises `TelephonesError` if there is none in time."""
        self._write({"ask": question, **words})
        return self._read()

    def _write(self, words: dict[str, object]) -> None:
        if self._process is None or self._process.stdin is None:
            raise self._failure("a running process", "none: call `start` first")
        try:
            self._process.stdin.write(json.dumps(words).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._failure("a question to be taken", "the end of the process") from error

    def _read(self) -> object:
        assert self._process is not None
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        until = time.monotonic() + ANSWER_SECONDS_MAX
        parts = [self._received]
        while b"\n" not in parts[-1]:
            ready, _, _ = select.select([handle], [], [], max(0.0, until - time.monotonic()))
            part = os.read(handle, CHUNK_BYTES) if ready else b""
            if not part:
                raise self._failure("an answer", "the end of the process" if ready else "none in time")
            parts.append(part)
        line, _, self._received = b"".join(parts).partition(b"\n")
        return json.loads(line)

    def _failure(self, expected: str, came: str) -> TelephonesError:
        log = self.log.read_text(errors="replace")[-LOG_BYTES_SHOWN:] if self.log.exists() else ""
        return TelephonesError(expected=expected, came=came, log=log)


def _calls(words: object) -> list[CarrierCall]:
    assert isinstance(words, list)
    return [read_call(each) for each in words]


def _phone_state(words: dict[str, object]) -> PhoneState:
    changes = words["changes"]
    assert isinstance(changes, list)
    return PhoneState(
        is_registered=words["is_registered"] is True,
        register_status=int(str(words["register_status"])),
        registrations=int(str(words["registrations"])),
        legs_up=int(str(words["legs_up"])),
        hears=Tone(words["hears"]),
        changes=tuple((at, Tone(tone)) for at, tone in changes),
    )
