"""Sealed files: what goes in comes out, and nothing that was touched comes out at all."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.errors import SealBroken, SealingKeyUnusable
from dialer.adapters.sealed_file import (
    CHUNK_BYTES,
    HEADER_BYTES,
    TAG_BYTES,
    SealingKey,
    create_key,
    opened,
    read_key,
    seal,
)

KEY = SealingKey(secret=bytes(range(32)))
OTHER = SealingKey(secret=bytes(32))
LENGTHS = st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
PIECE = CHUNK_BYTES + TAG_BYTES


def sealed(content: bytes, key: SealingKey = KEY) -> bytes:
    """A sealed file of a content."""
    target = BytesIO()
    seal(BytesIO(content), target, key)
    return target.getvalue()


def unsealed(file: bytes) -> bytes:
    """The content of a sealed file."""
    return b"".join(opened(BytesIO(file), {KEY.key_id: KEY}))


@given(LENGTHS, st.binary(min_size=1, max_size=64))
def test_content_of_any_length_comes_back_as_it_was(length: int, pattern: bytes) -> None:
    """Also an empty one, and one that ends where a chunk does."""
    content = (pattern * (length // len(pattern) + 1))[:length]
    assert unsealed(sealed(content)) == content


@given(LENGTHS, st.integers(0), st.integers(1, 255))
def test_file_with_any_byte_changed_is_refused(length: int, place: int, change: int) -> None:
    """Header, content and tags: every byte is under the seal."""
    file = bytearray(sealed(b"card" * (length // 4)))
    file[place % len(file)] ^= change
    with pytest.raises(SealBroken):
        unsealed(bytes(file))


@given(LENGTHS, st.integers(0))
def test_file_that_is_cut_anywhere_is_refused(length: int, place: int) -> None:
    """Also where a chunk ends, so that what is left is well-formed."""
    file = sealed(b"card" * (length // 4))
    with pytest.raises(SealBroken):
        unsealed(file[: place % len(file)])


def test_file_whose_chunks_are_cut_off_or_exchanged_is_refused() -> None:
    """Whole chunks, each right by itself, in a wrong order or number."""
    file = sealed(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c")
    head, first, second, rest = (
        file[:HEADER_BYTES],
        file[HEADER_BYTES : HEADER_BYTES + PIECE],
        file[HEADER_BYTES + PIECE : HEADER_BYTES + 2 * PIECE],
        file[HEADER_BYTES + 2 * PIECE :],
    )
    assert unsealed(head + first + second + rest).endswith(b"bc")
    for wrong in (head + first + second, head + second + first + rest, head + first + rest):
        with pytest.raises(SealBroken):
            unsealed(wrong)


def test_same_content_sealed_twice_shows_nothing_of_itself() -> None:
    """Each file has a key of its own."""
    content = b"the same talk" * 100
    first, second = sealed(content), sealed(content)
    assert first[HEADER_BYTES:] != second[HEADER_BYTES:]
    assert content[:13] not in first


def test_file_of_another_key_names_the_key_that_is_missing() -> None:
    """Whoever keeps old keys knows which one to look for."""
    with pytest.raises(SealBroken, match=OTHER.key_id):
        unsealed(sealed(b"talk", OTHER))


def test_new_key_is_for_its_owner_only_and_comes_back(tmp_path: Path) -> None:
    """A key is made once, never over another one."""
    path = tmp_path / "recordings.key"
    key = create_key(path)
    assert read_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.secret.hex() not in repr(key)
    with pytest.raises(SealingKeyUnusable, match="File exists"):
        create_key(path)


def test_key_file_that_others_may_read_or_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    """The message says what to do and holds no secret."""
    path = tmp_path / "recordings.key"
    create_key(path)
    os.chmod(path, 0o640)
    with pytest.raises(SealingKeyUnusable, match="chmod 600"):
        read_key(path)
    os.chmod(path, 0o600)
    path.write_text("secret-but-no-key")
    with pytest.raises(SealingKeyUnusable, match="64 hexadecimal digits") as refused:
        read_key(path)
    assert "secret-but" not in str(refused.value)
    with pytest.raises(SealingKeyUnusable, match="FileNotFoundError"):
        read_key(tmp_path / "nothing")
