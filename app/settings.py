"""Settings out of the environment: read once at start, checked, then passed on as values.

Nothing else in the program reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import SettingError

PORT_DEFAULT = 54329  # beside PostgreSQL's own 5432, which a server of the system may use
PORT_MAX = 65535
NATS_PORT_DEFAULT = 54222  # beside NATS's own 4222
HOME_OF_ROOT = Path("/var/lib/paceline")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where the database is, or where the embedded one keeps its things."""

    url: str | None = None  # a server that somebody else runs; None: the embedded one
    folder: Path  # of the embedded server: data, password, log
    binaries: Path | None = None  # folder with `postgres` and `initdb`; None: looked for
    port: int = PORT_DEFAULT  # on loopback; 0: any free one
    user: str | None = None  # of the system, to run as when we are root; None: looked for
    start_seconds_max: float = 600.0  # the recovery of much write-ahead log takes minutes
    is_durable: bool = True  # False: a power cut may lose everything (tests only)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSettings:
    """Where the NATS server is, or where our own keeps its things."""

    url: str | None = None  # a server that somebody else runs, with its credentials; None: our own
    folder: Path  # of our own server: address with password, configuration, log
    port: int = NATS_PORT_DEFAULT  # on loopback; 0: any free one


def read_database_settings(environment: Mapping[str, str] = os.environ) -> DatabaseSettings:
    """Read `DATABASE_URL` and the `PACELINE_…` variables that concern the database.

    Raises:
        SettingError: if one of them cannot be used.
    """
    url = environment.get("DATABASE_URL") or None
    if url is not None and not url.startswith(("postgresql://", "postgres://")):
        raise SettingError(f"DATABASE_URL: expected postgresql://…, it begins with {url.split(':')[0]!r}")
    binaries = environment.get("PACELINE_POSTGRES_BINARIES")
    return DatabaseSettings(
        url=url,
        folder=home_folder(environment) / "postgres",
        binaries=Path(binaries) if binaries else None,
        port=_port(environment, "PACELINE_POSTGRES_PORT", PORT_DEFAULT),
        user=environment.get("PACELINE_POSTGRES_USER") or None,
    )


def read_bus_settings(environment: Mapping[str, str] = os.environ) -> BusSettings:
    """Read `NATS_URL` and the `PACELINE_…` variables that concern the bus.

    Raises:
        SettingError: if one of them cannot be used; the URL's credentials are not repeated.
    """
    url = environment.get("NATS_URL") or None
    for part in url.split(",") if url is not None else ():
        if not part.startswith(("nats://", "tls://")):
            raise SettingError(
                f"NATS_URL: expected nats://… or tls://…, it begins with {part.split(':')[0]!r}"
            )
    return BusSettings(
        url=url,
        folder=home_folder(environment) / "nats",
        port=_port(environment, "PACELINE_NATS_PORT", NATS_PORT_DEFAULT),
    )


def home_folder(environment: Mapping[str, str]) -> Path:
    """Where everything that Paceline keeps lives: `PACELINE_HOME`, or the usual place of the system."""
    if environment.get("PACELINE_HOME"):
        return Path(environment["PACELINE_HOME"]).absolute()
    if os.geteuid() == 0:
        return HOME_OF_ROOT
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "paceline"


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) <= PORT_MAX):
        raise SettingError(f"{name}: expected 0 (any) to {PORT_MAX}, got {text!r}")
    return int(text)
