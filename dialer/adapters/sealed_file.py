"""Files sealed at rest: AES-256-GCM in chunks, so that any length is sealed and opened in little memory.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015, "Online Authenticated-Encryption and
its Nonce-Reuse Misuse-Resistance"): a counter and a mark of the last chunk in each nonce, so that chunks
cannot be left out, exchanged or cut off. Each file has a key of its own, derived from the house's key and a
random salt (HKDF, RFC 5869), so nonces never meet. Losing the key file loses the recordings.
"""

import os
import secrets
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dialer.adapters.errors import SealBroken, SealingKeyUnusable

MAGIC = b"PACELINE-SEALED-1\n"
KEY_BYTES = 32
KEY_ID_BYTES = 8
SALT_BYTES = 16
TAG_BYTES = 16
CHUNK_BYTES = 64 * 1024
NONCE = struct.Struct(">3xQB")  # zeros, number of the chunk, whether it is the last
HEADER_BYTES = len(MAGIC) + KEY_ID_BYTES + SALT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingKey:
    """A key of the house, and the name by which a file says with which it was sealed."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Sixteen hexadecimal digits that tell nothing of the key."""
        return sha256(b"paceline key id\n" + self.secret).hexdigest()[: 2 * KEY_ID_BYTES]


def create_key(path: Path) -> SealingKey:
    """Write a new key that only the owner may read; raises SealingKeyUnusable over an old file."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SealingKeyUnusable(f"{path}: expected to write a new key, got {error.strerror}") from error
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return read_key(path)


def read_key(path: Path) -> SealingKey:
    """The key of a file with 64 hexadecimal digits, for the owner's eyes only; raises SealingKeyUnusable."""
    try:
        mode = path.stat().st_mode
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SealingKeyUnusable(f"{path}: expected a key, got {type(error).__name__}") from error
    if mode & 0o077:
        raise SealingKeyUnusable(f"{path}: others may read it; run chmod 600 on it, or make a new key")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise SealingKeyUnusable(f"{path}: expected {2 * KEY_BYTES} hexadecimal digits, got something else")
    return SealingKey(secret=secret)


def seal(source: BinaryIO, target: BinaryIO, key: SealingKey) -> None:
    """Write the source into the target, sealed."""
    salt = secrets.token_bytes(SALT_BYTES)
    header = MAGIC + bytes.fromhex(key.key_id) + salt
    cipher = AESGCM(_file_key(key, salt))
    target.write(header)
    number, chunk = 0, source.read(CHUNK_BYTES)
    while True:
        following = source.read(CHUNK_BYTES)
        target.write(cipher.encrypt(NONCE.pack(number, not following), chunk, header))
        if not following:
            return
        number, chunk = number + 1, following


def opened(source: BinaryIO, keys: Mapping[str, SealingKey]) -> Iterator[bytes]:
    """The chunks of a sealed file, each proved before it is given; `keys` by their ids.

    Raises SealBroken: no file of ours, a key that we do not have, or one byte that is not as it was written.
    Only after the last chunk is it certain that nothing is missing.
    """
    header = source.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise SealBroken("expected a sealed recording, got something else")
    key_id = header[len(MAGIC) : len(MAGIC) + KEY_ID_BYTES].hex()
    if key_id not in keys:
        raise SealBroken(f"expected the key {key_id}, it is not among those given")
    cipher = AESGCM(_file_key(keys[key_id], header[-SALT_BYTES:]))
    number, chunk = 0, source.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = source.read(CHUNK_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(NONCE.pack(number, not following), chunk, header)
        except InvalidTag:
            raise SealBroken(f"chunk {number} is not as it was written, or the end is missing") from None
        if not following:
            return
        number, chunk = number + 1, following


def _file_key(key: SealingKey, salt: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"paceline recording")
    return derivation.derive(key.secret)
