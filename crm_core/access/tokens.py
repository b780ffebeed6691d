"""Secrets that a person or a browser holds: made here, and kept as SHA-256 only.

They are 256 random bits, so nobody guesses them and a plain hash is enough (OWASP Session Management:
at least 64 bits of entropy; NIST SP 800-63B 5.1.2: look-up secrets from 112 bits need no slow hash).
"""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A secret of 256 bits, in letters that may stand in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of a token.

    >>> token_hash("a").hex()[:16]
    'ca978112ca1bbdca'
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def request_token(session_token: str) -> str:
    """The word that each form of a session carries, so that no other site can send one in its name.

    It follows from the session's token and does not give it away (HMAC), so it need not be kept.
    """
    return hmac.new(session_token.encode(), b"paceline request token", hashlib.sha256).hexdigest()


def is_same_secret(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
