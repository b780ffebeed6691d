"""Digest authentication against the example of RFC 2617, and against anything."""

from hypothesis import given
from hypothesis import strategies as st

from asterisk_config.lab.sip_digest import Challenge, authorization, proof, read_challenge

RFC_2617 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", '
    'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
OWN_NONCE = "0a4f113b"


def challenge() -> Challenge:
    """The RFC's challenge."""
    found = read_challenge(RFC_2617)
    assert found is not None
    return found


def test_proof_of_the_rfcs_example_is_the_rfcs() -> None:
    """RFC 2617 section 3.5."""
    response = proof(
        challenge(),
        user="Mufasa",
        password="Circle Of Life",
        method="GET",
        uri="/dir/index.html",
        count=1,
        own_nonce=OWN_NONCE,
    )
    assert response == "6629fae49393a05397450978507c4ef1"


def test_proof_without_quality_is_that_of_rfc_2069() -> None:
    """The example of RFC 2069 as corrected by its errata: no counter and no nonce of ours in it."""
    asked = Challenge(
        realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", has_quality=False
    )
    response = proof(
        asked,
        user="Mufasa",
        password="CircleOfLife",
        method="GET",
        uri="/dir/index.html",
        count=1,
        own_nonce=OWN_NONCE,
    )
    assert response == "1949323746fe6a43ef61f9606e7febea"


def test_authorization_gives_everything_back_that_was_asked() -> None:
    """Realm, nonce and opaque come back, the counter in eight figures; the secret does not."""
    header = authorization(
        challenge(), user="a", password="secret-word", method="REGISTER", uri="sip:b", count=2, own_nonce="c"
    )
    assert 'realm="testrealm@host.com"' in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header
    assert "nc=00000002" in header
    assert "secret-word" not in header


def test_challenge_of_another_kind_is_none() -> None:
    """Basic, and a stronger algorithm than this telephone knows, are no challenge."""
    assert read_challenge('Basic realm="x"') is None
    assert read_challenge(RFC_2617 + ", algorithm=SHA-256") is None
    assert read_challenge('Digest realm="x"') is None


@given(st.text(max_size=80))
def test_challenge_of_any_text_is_read_or_none(text: str) -> None:
    """Nothing raises."""
    for header in (text, f"Digest {text}", f'Digest realm="{text}", nonce="{text}"'):
        found = read_challenge(header)
        assert found is None or isinstance(found.realm, str)
