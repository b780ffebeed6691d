"""Where the console is reached, and what follows from it: which origin is ours, and how cookies are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How people reach us."""

    is_secure: bool  # over TLS, ours or a proxy's
    origin: str | None = None  # such as https://calls.example.com; None: whatever host is asked for
    trusted_proxy: str | None = None  # address whose X-Forwarded-For is believed

    @property
    def cookie_name(self) -> str:
        """Name of the session's cookie; a browser keeps one with this prefix to this host, path / and TLS."""
        return "__Host-paceline" if self.is_secure else "paceline"

    def own_origin(self, host: str) -> str:
        """The origin that pages asked for at this host have."""
        return self.origin or f"{'https' if self.is_secure else 'http'}://{host}"

    def client_address(self, peer: str | None, forwarded_for: str | None) -> str:
        """Where a request comes from: the peer, or what the trusted proxy says of its own peer.

        >>> Site(is_secure=True, trusted_proxy="10.0.0.1").client_address("10.0.0.1", "6.6.6.6, 203.0.113.7")
        '203.0.113.7'
        """
        if peer is not None and peer == self.trusted_proxy and forwarded_for:
            return forwarded_for.rpartition(",")[2].strip()
        return peer or "?"


def is_from_own_page(site: Site, method: str, host: str, headers: Mapping[str, str]) -> bool:
    """Whether a request that may change something was sent by a page of ours.

    Browsers say where a request comes from and no page can make them lie (Fetch standard: forbidden headers).
    Whoever says nothing is refused, since every browser of today says it with a POST.

    >>> is_from_own_page(Site(is_secure=True), "POST", "a.example", {"Origin": "https://b.example"})
    False
    """
    if method in SAFE_METHODS and "Upgrade" not in headers:
        return True  # a socket begins with a GET, and browsers let every site open one (RFC 6455, 10.2)
    fetch_site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if fetch_site not in (None, "same-origin"):
        return False
    if origin is None:
        return fetch_site == "same-origin"
    return origin.lower() == site.own_origin(host).lower()


def local_path(text: str, default: str = "/") -> str:
    """A path of this site out of what a request says, or the default: nobody is sent to another host by us.

    >>> local_path("/account?tab=2"), local_path("//evil.example"), local_path("https://evil.example/")
    ('/account?tab=2', '/', '/')
    """
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return default
    if any(ord(letter) <= 0x20 or ord(letter) == 0x7F for letter in text):  # browsers drop them: /<tab>/host
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else text
