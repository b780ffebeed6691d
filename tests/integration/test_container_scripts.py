"""The images' own scripts, run directly: secrets become addresses, and what is missing is named."""

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.nats_server import find_program
from asterisk_config.lab.network import free_ports
from dialer.adapters.nats_bus import NatsBus
from dialer.messages import NobodyAnswered

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "docker" / "paceline" / "entrypoint.sh"
ASTERISK = ROOT / "docker" / "asterisk" / "entrypoint.sh"
SECRETS = ROOT / "docker" / "make-secrets.sh"
HARD_PASSWORD = "p@ss/w:rd?#% $x"

# Stands in for a program of the image: tells what it was started with.
SHOW = """#!/bin/sh
printf '%s\\n' "$0" "$@" "${DATABASE_URL:-}" "${NATS_URL:-}"
"""


def run(script: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a script with nothing in its environment but what is given."""
    return subprocess.run(
        ["/bin/sh", str(script), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def stand_in(folder: Path, name: str, text: str = SHOW) -> None:
    """Put a program into a folder of the PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def test_secrets_are_fresh_and_stay_when_they_are_there(tmp_path: Path) -> None:
    """Two folders have two passwords; a second run changes none; the folder is its owner's only."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert run(SECRETS, str(folder)).returncode == 0
    first = {path.name: path.read_text() for path in folders[0].iterdir()}
    assert sorted(first) == ["nats_password", "postgres_password"]
    assert all(len(text) == 64 for text in first.values())
    assert len({*first.values(), *(path.read_text() for path in folders[1].iterdir())}) == 4
    assert stat.S_IMODE(folders[0].stat().st_mode) == 0o700
    again = run(SECRETS, str(folders[0]))
    assert "is there already and stays" in again.stdout
    assert {path.name: path.read_text() for path in folders[0].iterdir()} == first


def test_command_gets_addresses_made_of_secret_files(tmp_path: Path) -> None:
    """Every character of a password survives, and the command's words come through unchanged."""
    secret = tmp_path / "password"
    secret.write_text(HARD_PASSWORD)
    programs = tmp_path / "programs"
    # The script quotes by means of Python: only the last call is to be shown.
    real = f'#!/bin/sh\ncase "$1" in -c) exec {sys.executable} "$@";; esac\n'
    stand_in(programs, "python", real + SHOW.removeprefix("#!/bin/sh\n"))
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    files = {"DATABASE_PASSWORD_FILE": str(secret), "NATS_PASSWORD_FILE": str(secret)}
    ended = run(ENTRY, "list", "import", "my file.csv", PATH=path, **files)
    assert ended.returncode == 0, ended.stderr
    quoted = "p%40ss%2Fw%3Ard%3F%23%25%20%24x"
    assert ended.stdout.splitlines()[1:] == [
        "-m",
        "app",
        "list",
        "import",
        "my file.csv",
        f"postgresql://paceline:{quoted}@postgres:5432/paceline",
        f"nats://paceline:{quoted}@nats:4222",
    ]


@pytest.mark.parametrize(
    ("content", "says"), [(None, "expected a secret in"), ("", "make-secrets.sh writes one")]
)
def test_secret_that_is_not_there_ends_the_start_with_the_way_out(
    tmp_path: Path, content: str | None, says: str
) -> None:
    """Nothing starts with an empty password."""
    secret = tmp_path / "password"
    if content is not None:
        secret.write_text(content)
    for role in ("serve", "nats"):
        ended = run(ENTRY, role, DATABASE_PASSWORD_FILE=str(secret), NATS_PASSWORD_FILE=str(secret))
        assert ended.returncode == 1
        assert says in ended.stderr


@contextmanager
def bus(tmp_path: Path, password: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The bus as its container starts it."""
    secret = tmp_path / "password"
    secret.write_text(password)
    environment: Mapping[str, str] = {
        "PATH": f"{Path(find_program()).parent}{os.pathsep}{os.environ['PATH']}",
        "NATS_PASSWORD_FILE": str(secret),
        "NATS_LISTEN": f"127.0.0.1:{port}",
        "PACELINE_RUN": str(tmp_path),
    }
    with subprocess.Popen(
        ["/bin/sh", str(ENTRY), "nats"], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        yield process
        process.kill()


async def test_bus_of_the_container_lets_in_who_has_the_secret(tmp_path: Path) -> None:
    """The configuration is written by the script, for its own user only, and NATS understands it."""
    (port,) = free_ports(1, kind=socket.SOCK_STREAM)
    began_at = time.monotonic()
    with bus(tmp_path, "a-Secret_1", port):
        joined = await NatsBus.open(f"nats://paceline:a-Secret_1@127.0.0.1:{port}", seconds_max=10.0)
        await joined.close()
        assert time.monotonic() - began_at < 10.0
        with pytest.raises(NobodyAnswered):
            await NatsBus.open(f"nats://paceline:other@127.0.0.1:{port}", seconds_max=0.5)
        assert stat.S_IMODE((tmp_path / "nats.conf").stat().st_mode) == 0o600


def test_bus_with_a_password_that_would_be_configuration_is_refused(tmp_path: Path) -> None:
    """A quote in a password ends no value and opens no option."""
    secret = tmp_path / "password"
    secret.write_text('x" }\nlisten: 0.0.0.0:1')
    ended = run(ENTRY, "nats", NATS_PASSWORD_FILE=str(secret), PACELINE_RUN=str(tmp_path))
    assert ended.returncode == 1
    assert "letters, digits" in ended.stderr
    assert not (tmp_path / "nats.conf").exists()


def test_asterisk_starts_in_the_foreground_on_rendered_files_only(tmp_path: Path) -> None:
    """Without them the container says which service writes them."""
    programs = tmp_path / "programs"
    stand_in(programs, "asterisk")
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    missing = run(ASTERISK, PATH=path, ASTERISK_CONFIGURATION=str(tmp_path))
    assert missing.returncode == 1
    assert "asterisk-configuration renders it" in missing.stderr
    (tmp_path / "asterisk.conf").write_text("")
    started = run(ASTERISK, "-v", PATH=path, ASTERISK_CONFIGURATION=str(tmp_path))
    assert started.stdout.splitlines()[1:6] == ["-f", "-n", "-C", f"{tmp_path}/asterisk.conf", "-v"]


def test_carrier_of_the_laboratory_listens_and_stays(tmp_path: Path) -> None:
    """The settings that the script writes are the ones that our carrier reads."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CARRIER_PORT": "0",
        "DIALER_PORT": "5060",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        ["/bin/sh", str(ENTRY), "carrier"],
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b'"ready"\n'
        assert process.poll() is None
        os.killpg(process.pid, 9)
