"""Settings out of the environment and `paceline.toml`: read once at start, checked, then passed on as values.

Nothing else in the program reads the environment. What stands there goes before what stands in the file
`paceline.toml` of the home folder, whose keys are the variables' names in small letters without `PACELINE_`.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import SettingError

PORT_DEFAULT = 54329  # beside PostgreSQL's own 5432, which a server of the system may use
PORT_MAX = 65535
NATS_PORT_DEFAULT = 54222  # beside NATS's own 4222
METRICS_PORT_DEFAULT = 54380
LOOPBACK = "127.0.0.1"
FILE_NAME = "paceline.toml"
HOME_OF_ROOT = Path("/var/lib/paceline")

SECRET_KEYS = {"database_url": "DATABASE_URL", "nats_url": "NATS_URL"}
KEYS = SECRET_KEYS | {
    name: f"PACELINE_{name.upper()}"
    for name in (
        "asterisk",
        "hung_seconds_max",
        "log",
        "log_level",
        "metrics_host",
        "metrics_port",
        "nats_port",
        "postgres_binaries",
        "recordings_free_bytes_min",
        "recordings_key",
        "recordings_quota_bytes",
        "postgres_port",
        "postgres_user",
        "web_certificate",
        "web_certificate_key",
        "web_host",
        "web_origin",
        "web_port",
        "web_trusted_proxy",
    )
}
"""Variable that each key of the file stands for."""


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
    user: str | None = None  # of the system, to run as when we are root; None: looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is logged, and how it looks."""

    form: str = "json"  # json: one object a line; console: lines for people
    level: str = "INFO"  # DEBUG, INFO, WARNING or ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservingSettings:
    """Where metrics, health and readiness are served."""

    host: str = LOOPBACK  # nobody is asked who he is: other hosts only inside a closed network
    port: int = METRICS_PORT_DEFAULT  # 0: any free one


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """The home folder, and how its processes are kept alive."""

    home: Path  # everything that Paceline keeps
    hung_seconds_max: float = 5.0  # a process that shows no life for so long is killed and started again


def read_database_settings(environment: Mapping[str, str] = os.environ) -> DatabaseSettings:
    """Read `DATABASE_URL` and the `PACELINE_…` variables that concern the database.

    Raises:
        SettingError: if one of them cannot be used.
    """
    environment = with_file(environment)
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
    environment = with_file(environment)
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
        user=environment.get("PACELINE_POSTGRES_USER") or None,
    )


def read_log_settings(environment: Mapping[str, str] = os.environ) -> LogSettings:
    """Read `PACELINE_LOG` (json or console) and `PACELINE_LOG_LEVEL`.

    Raises:
        SettingError: if one of them cannot be used.
    """
    environment = with_file(environment)
    form = environment.get("PACELINE_LOG") or "json"
    level = (environment.get("PACELINE_LOG_LEVEL") or "INFO").upper()
    if form not in ("json", "console"):
        raise SettingError(f"PACELINE_LOG: expected json or console, got {form!r}")
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingError(f"PACELINE_LOG_LEVEL: expected DEBUG, INFO, WARNING or ERROR, got {level!r}")
    return LogSettings(form=form, level=level)


def read_observing_settings(environment: Mapping[str, str] = os.environ) -> ObservingSettings:
    """Read `PACELINE_METRICS_HOST` and `PACELINE_METRICS_PORT`.

    Raises:
        SettingError: if one of them cannot be used.
    """
    environment = with_file(environment)
    return ObservingSettings(
        host=environment.get("PACELINE_METRICS_HOST") or LOOPBACK,
        port=_port(environment, "PACELINE_METRICS_PORT", METRICS_PORT_DEFAULT),
    )


def read_serve_settings(environment: Mapping[str, str] = os.environ) -> ServeSettings:
    """Read `PACELINE_HOME` and `PACELINE_HUNG_SECONDS_MAX`.

    Raises:
        SettingError: if one of them cannot be used.
    """
    environment = with_file(environment)
    text = environment.get("PACELINE_HUNG_SECONDS_MAX") or "5"
    if not text.replace(".", "", 1).isdecimal() or not 1.0 <= float(text) <= 600.0:
        raise SettingError(f"PACELINE_HUNG_SECONDS_MAX: expected 1 to 600 seconds, got {text!r}")
    return ServeSettings(home=home_folder(environment), hung_seconds_max=float(text))


def with_file(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, with what it does not say taken out of `paceline.toml`, if there is one.

    Raises:
        SettingError: the file cannot be read, has an unknown key, or shows a secret to others.
    """
    path = home_folder(environment) / FILE_NAME
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return environment
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path} cannot be read: {error}") from None
    for key, value in found.items():
        if key not in KEYS:
            raise SettingError(f"{path}: {key!r} is not known; expected one of {', '.join(sorted(KEYS))}")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise SettingError(f"{path}: {key}: expected a text or a number")
        if key in SECRET_KEYS and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingError(f"{path} holds {key} and others may read it: run chmod 600 {path}")
    return {**{KEYS[key]: str(value) for key, value in found.items()}, **environment}


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
