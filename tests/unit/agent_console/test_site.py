"""Which requests are ours, and where we send nobody."""

from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from agent_console.site import Site, is_from_own_page, local_path

OWN = "https://calls.example.com"
SITE = Site(is_secure=True, origin=OWN)


@given(st.text(alphabet="/\\:?#@.%\t\n\r abhtps\u2028", max_size=20))
@example("/\t/evil.example")
@example("/\\evil.example")
@example("//evil.example")
@example("https://evil.example")
def test_local_path_of_any_text_stays_on_this_host(text: str) -> None:
    """Resolved as browsers do, what comes out is a path here; browsers drop tabs and take \\ for /."""
    path = local_path(text)
    seen = path.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    assert path.startswith("/")
    assert urlsplit(urljoin(f"{OWN}/sign-in", seen)).netloc == "calls.example.com"


def test_local_path_of_a_page_is_kept() -> None:
    """What was wanted before the sign-in is what follows it."""
    assert local_path("/records/party?sort=name&after=%C5%81") == "/records/party?sort=name&after=%C5%81"


def test_own_page_is_known_by_origin_or_fetch_site() -> None:
    """Either may be missing, but not both, and neither may speak against it."""
    good: list[dict[str, str]] = [
        {"Origin": OWN},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
    ]
    bad: list[dict[str, str]] = [
        {},
        {"Origin": "null"},
        {"Origin": f"{OWN}.evil.example"},
        {"Origin": "http://calls.example.com"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": OWN, "Sec-Fetch-Site": "same-site"},
    ]
    assert all(is_from_own_page(SITE, "POST", "other", headers) for headers in good)
    assert not any(is_from_own_page(SITE, "POST", "calls.example.com", headers) for headers in bad)
    assert is_from_own_page(SITE, "GET", "other", {})


def test_forwarded_address_is_believed_of_the_trusted_proxy_only() -> None:
    """Nobody else chooses his own address by a header."""
    site = Site(is_secure=True, trusted_proxy="10.0.0.1")
    assert site.client_address("10.0.0.1", "1.1.1.1, 2.2.2.2") == "2.2.2.2"
    assert site.client_address("10.0.0.2", "1.1.1.1") == "10.0.0.2"
    assert Site(is_secure=True).client_address(None, "1.1.1.1") == "?"
