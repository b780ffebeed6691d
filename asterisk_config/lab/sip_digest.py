"""How a telephone proves its secret: digest access authentication (RFC 2617, as SIP uses it)."""

import re
from dataclasses import dataclass
from hashlib import md5

PARAMETER = re.compile(r'([a-zA-Z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a registrar asks for."""

    realm: str  # for whom the secret is valid
    nonce: str  # its word of the moment
    opaque: str = ""  # to be given back as it came
    has_quality: bool = True  # whether it asks for qop=auth, as everybody has since RFC 2617


def read_challenge(header: str) -> Challenge | None:
    """The challenge of a `WWW-Authenticate` header; None if it is none that MD5 could answer."""
    scheme, _, rest = header.strip().partition(" ")
    found = {name.lower(): quoted or plain for name, quoted, plain in PARAMETER.findall(rest)}
    if scheme.lower() != "digest" or found.get("algorithm", "MD5").upper() != "MD5":
        return None
    if "realm" not in found or "nonce" not in found:
        return None
    qualities = [word.strip() for word in found.get("qop", "").split(",")]
    return Challenge(
        realm=found["realm"],
        nonce=found["nonce"],
        opaque=found.get("opaque", ""),
        has_quality="auth" in qualities,
    )


def proof(
    challenge: Challenge, *, user: str, password: str, method: str, uri: str, count: int, own_nonce: str
) -> str:
    """The `response` value; `count` says how often the nonce was used.

    The example of RFC 2617 section 3.5:

    >>> asked = Challenge(realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")
    >>> proof(asked, user="Mufasa", password="Circle Of Life", method="GET", uri="/dir/index.html",
    ...       count=1, own_nonce="0a4f113b")
    '6629fae49393a05397450978507c4ef1'
    """
    who = _digest(f"{user}:{challenge.realm}:{password}")
    what = _digest(f"{method}:{uri}")
    if not challenge.has_quality:
        return _digest(f"{who}:{challenge.nonce}:{what}")
    return _digest(f"{who}:{challenge.nonce}:{count:08x}:{own_nonce}:auth:{what}")


def authorization(
    challenge: Challenge, *, user: str, password: str, method: str, uri: str, count: int, own_nonce: str
) -> str:
    """The whole `Authorization` header."""
    response = proof(
        challenge, user=user, password=password, method=method, uri=uri, count=count, own_nonce=own_nonce
    )
    words = [
        f'username="{user}"',
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{uri}"',
        f'response="{response}"',
        "algorithm=MD5",
    ]
    if challenge.opaque:
        words.append(f'opaque="{challenge.opaque}"')
    if challenge.has_quality:
        words += ["qop=auth", f"nc={count:08x}", f'cnonce="{own_nonce}"']
    return "Digest " + ", ".join(words)


def _digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
