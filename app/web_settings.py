"""Settings of the web server: where it listens, under which address people know it, and its certificate."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from app.errors import SettingError
from app.settings import LOOPBACK, PORT_MAX, home_folder, with_file

PORT_DEFAULT = 8080
CERTIFICATE_NAME = "certificate.pem"
KEY_NAME = "certificate-key.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Where and how pages are served."""

    host: str = LOOPBACK  # address to listen on
    port: int = PORT_DEFAULT  # 0: any free one
    origin: str | None = None  # how people reach us, such as https://calls.example.com; None: as asked for
    certificate: Path | None = None  # with its chain, PEM; None: no TLS of our own
    key: Path | None = None  # of the certificate, PEM
    trusted_proxy: str | None = None  # address of the proxy before us, whose X-Forwarded-For is believed

    @property
    def is_secure(self) -> bool:
        """Whether people reach us over TLS, ours or a proxy's."""
        return self.certificate is not None or (self.origin or "").startswith("https://")

    def address(self, port: int) -> str:
        """What a person types to reach us."""
        if self.origin is not None:
            return self.origin
        host = "localhost" if is_loopback(self.host) else self.host
        return f"{'https' if self.certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def web_folder(environment: Mapping[str, str]) -> Path:
    """Where a certificate of our own making is kept."""
    return home_folder(environment) / "web"


def read_web_settings(environment: Mapping[str, str] = os.environ) -> WebSettings:
    """Read the `PACELINE_WEB_…` variables; a pair made by `paceline web certificate` is used by itself.

    Raises:
        SettingError: if one of them cannot be used, or pages would go over a network without TLS.
    """
    environment = with_file(environment)
    folder = web_folder(environment)
    named = environment.get("PACELINE_WEB_CERTIFICATE"), environment.get("PACELINE_WEB_CERTIFICATE_KEY")
    if bool(named[0]) != bool(named[1]):
        raise SettingError("PACELINE_WEB_CERTIFICATE and PACELINE_WEB_CERTIFICATE_KEY: expected both or none")
    certificate, key = (Path(named[0]), Path(named[1])) if named[0] and named[1] else (None, None)
    if certificate is None and (folder / CERTIFICATE_NAME).is_file():
        certificate, key = folder / CERTIFICATE_NAME, folder / KEY_NAME
    settings = WebSettings(
        host=environment.get("PACELINE_WEB_HOST") or LOOPBACK,
        port=_port(environment),
        origin=_origin(environment.get("PACELINE_WEB_ORIGIN")),
        certificate=certificate,
        key=key,
        trusted_proxy=environment.get("PACELINE_WEB_TRUSTED_PROXY") or None,
    )
    if not is_loopback(settings.host) and not settings.is_secure:
        raise SettingError(
            f"PACELINE_WEB_HOST is {settings.host}, and passwords would cross the network unencrypted: run "
            "`paceline web certificate`, set PACELINE_WEB_CERTIFICATE and _KEY, or name in "
            "PACELINE_WEB_ORIGIN the https:// address of the proxy before it"
        )
    return settings


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(text: str | None) -> str | None:
    if not text:
        return None
    parts = urlsplit(text.rstrip("/"))
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.username
    ):
        raise SettingError(f"PACELINE_WEB_ORIGIN: expected such as https://calls.example.com, got {text!r}")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingError(f"PACELINE_WEB_ORIGIN: expected https:// for another host, got {text!r}")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get("PACELINE_WEB_PORT") or str(PORT_DEFAULT)
    if not (text.isascii() and text.isdigit() and int(text) <= PORT_MAX):
        raise SettingError(f"PACELINE_WEB_PORT: expected 0 (any) to {PORT_MAX}, got {text!r}")
    return int(text)
