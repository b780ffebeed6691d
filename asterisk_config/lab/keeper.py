"""Hold a laboratory in a process of its own between `paceline lab up` and `paceline lab down`.

The keeper starts everything from its main thread, writes down where it is, and waits for a signal; all of
it dies with the keeper. Its note names process and start time, so that no stranger with the same id is ended.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import Enum, unique
from pathlib import Path

from asterisk_config.errors import AsteriskStartError
from asterisk_config.lab.laboratory import Laboratory, new_secret, prepare_laboratory, running
from asterisk_config.lab.network import LOOPBACK, NetworkKind, enter_private_network, free_ports
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.program import cache_folder
from asterisk_config.lab.sip_laboratory import SipLaboratory, prepare_sip_laboratory
from asterisk_config.settings import OutboundWebsocket
from asterisk_config.settings_file import write_settings

NAME = "laboratory"
NOTE = "laboratory.json"
SETTINGS = "asterisk.toml"
KEEPER_LOG = "keeper.log"
UP_SECONDS_MAX = 40.0
DOWN_SECONDS_MAX = 15.0
POLL_SECONDS = 0.05
START_TIME_FIELD = 22  # of /proc/PID/stat, counted from 1 (proc(5)); the state is the third
STATE_FIELD = 3


@unique
class People(Enum):
    """Who plays the people that can be called."""

    ASTERISK = "asterisk"  # a second Asterisk, see customers.conf
    SIP = "sip"  # our own carrier, see `DigitPopulation`, and agents' phones


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryNote:
    """What another process has to know of a laboratory that is up; only its owner may read it."""

    process_id: int
    process_started: int  # clock ticks since the machine started
    network: str  # the value of a `NetworkKind`
    people: str  # the value of a `People`
    agents: int  # phones that are signed in: agent-1 and so on
    version: str  # of Asterisk
    application: str  # the engine's name in ARI
    http_port: int
    ami_port: int
    sip_port: int
    carrier_sip_port: int
    ari_user: str
    ari_password: str = field(repr=False)

    @property
    def is_up(self) -> bool:
        """Whether the keeper that wrote it still lives."""
        return process_started(self.process_id) == self.process_started


def default_folder() -> Path:
    """Where the laboratory of this user lives."""
    return cache_folder().with_name("lab")


def find_note(folder: Path) -> LaboratoryNote | None:
    """The note of a laboratory that is up; None where none is."""
    try:
        note = LaboratoryNote(**json.loads((folder / NOTE).read_text()))
    except (OSError, json.JSONDecodeError, TypeError):
        return None
    return note if note.is_up else None


def bring_up(
    folder: Path, *, private: bool, people: People = People.ASTERISK, agents: int = 0
) -> LaboratoryNote:
    """Start a laboratory that outlives this process; raises `AsteriskStartError`.

    Agents' phones are ours, so there are some only where the people are `People.SIP`.

    One that is up already is left as it is, and its note returned.
    """
    note = find_note(folder)
    if note is not None:
        return note
    get_asterisk()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / NOTE).unlink(missing_ok=True)
    words = [sys.executable, "-m", __name__, str(folder), f"--people={people.value}", f"--agents={agents}"]
    words += ["--private"] if private else []
    with (folder / KEEPER_LOG).open("wb") as log:
        keeper = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    if not _wait_until(lambda: find_note(folder) is not None or keeper.poll() is not None, UP_SECONDS_MAX):
        keeper.terminate()
    note = find_note(folder)
    if note is None:
        said = (folder / KEEPER_LOG).read_text(errors="replace")
        raise AsteriskStartError(name=NAME, expected="everything ready", came="no note of it", log=said)
    return note


def bring_down(folder: Path) -> bool:
    """End the laboratory of a folder and wait for its end; False where none is up."""
    note = find_note(folder)
    if note is None:
        return False
    os.kill(note.process_id, signal.SIGTERM)
    if not _wait_until(lambda: not note.is_up, DOWN_SECONDS_MAX) and note.is_up:
        os.kill(note.process_id, signal.SIGKILL)  # both Asterisks go with it
    (folder / NOTE).unlink(missing_ok=True)
    return True


def process_started(process_id: int) -> int | None:
    """When a process started, in ticks since the machine did; None if there is none, or only its remains.

    >>> process_started(os.getpid()) == process_started(os.getpid()), process_started(2**22 + 1)
    (True, None)
    """
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return None
    # The program's name before the last bracket may hold anything, brackets too.
    fields = status.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[START_TIME_FIELD - STATE_FIELD])


def keep(folder: Path, *, private: bool, people: People, agents: int) -> None:
    """Run a laboratory until this process is asked to end."""
    asked = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    network = enter_private_network() if private else NetworkKind.MACHINE
    lab: Laboratory | SipLaboratory
    if people is People.SIP:
        lab = prepare_sip_laboratory(folder, get_asterisk(), agents=agents, outbound=_door())
    else:
        lab = prepare_laboratory(folder, get_asterisk(), outbound=_door())
    write_settings(folder / SETTINGS, lab.dialer_settings)
    with running(lab):
        if isinstance(lab, SipLaboratory):
            lab.telephones.wait_until_registered()
        _write_note(folder, lab, network, people)
        signal.sigwait(asked)


def _door() -> OutboundWebsocket:
    """Where the engine that dials through this laboratory is to listen for its Asterisk."""
    (port,) = free_ports(1, kind=socket.SOCK_STREAM)
    return OutboundWebsocket(uri=f"ws://{LOOPBACK}:{port}/ari", user_name="laboratory", password=new_secret())


def _write_note(folder: Path, lab: Laboratory | SipLaboratory, network: NetworkKind, people: People) -> None:
    settings = lab.dialer_settings
    started = process_started(os.getpid())
    assert started is not None
    note = LaboratoryNote(
        process_id=os.getpid(),
        process_started=started,
        network=network.value,
        people=people.value,
        agents=len(settings.agents),
        version=lab.dialer.program.version_text,
        application=settings.application,
        http_port=settings.http_port,
        ami_port=settings.ami_port,
        sip_port=settings.sip_port,
        carrier_sip_port=lab.carrier_sip_port,
        ari_user=settings.ari.name,
        ari_password=settings.ari.password,
    )
    beside = folder / f".{NOTE}"
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(asdict(note)))
    beside.replace(folder / NOTE)


def _wait_until(is_so: Callable[[], bool], seconds_max: float) -> bool:
    until = time.monotonic() + seconds_max
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(POLL_SECONDS)
    return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=People)
    parser.add_argument("--agents", type=int)
    parser.add_argument("--private", action="store_true")
    asked_for = parser.parse_args()
    keep(asked_for.folder, private=asked_for.private, people=asked_for.people, agents=asked_for.agents)
