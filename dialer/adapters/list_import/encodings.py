"""Which encoding a text file is in: its mark says, or all of it is UTF-8, or it is guessed and said so."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from charset_normalizer import from_bytes

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "cp1252"
"""What Excel writes in western Europe and America."""

WESTERN = frozenset("àèéìòùÀÈÉÌÒÙäöüßÄÖÜñÑáíóúÁÍÓÚçÇâêîôûëïãõ€°«»\u2018\u2019“”–ªº")

GUESSED = """
    cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 koi8_r mac_roman cp437 cp850
    shift_jis euc_jp gb18030 big5 euc_kr
""".split()  # noqa: SIM905 - what spreadsheets of the last thirty years wrote; quotes would hide it
SAMPLE_BYTES = 65536
NUL_RATIO_MIN = 0.3  # of one of every two bytes: Latin letters in UTF-16


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoding:
    """An encoding, and how we know."""

    name: str  # as Python calls it
    is_guess: bool  # a person should look at the letters
    excerpt: str = ""  # of a guess: some text that shows whether it is right


def find_encoding(blocks: Iterator[bytes]) -> TextEncoding:
    """The encoding of a file that comes in blocks; all is read: the last line may be the only telling one."""
    first = next(blocks, b"")
    for mark, name in MARKS:
        if first.startswith(mark):
            return TextEncoding(name=name, is_guess=False)
    wide = _wide_name(first[:SAMPLE_BYTES])
    if wide is not None:
        return TextEncoding(name=wide, is_guess=True)
    decoder = codecs.getincrementaldecoder("utf-8")()
    for block in chain((first,), blocks):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return _guess(block[max(0, error.start - SAMPLE_BYTES // 2) :][:SAMPLE_BYTES])
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return TextEncoding(name=FALLBACK, is_guess=True)
    return TextEncoding(name="utf-8", is_guess=False)


def _wide_name(sample: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is NUL."""
    pairs = len(sample) // 2
    if pairs == 0:
        return None
    if sample[1::2].count(0) > NUL_RATIO_MIN * pairs and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > NUL_RATIO_MIN * pairs and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _guess(sample: bytes) -> TextEncoding:
    # Lines that are plain ASCII tell nothing, and hide what the others tell.
    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    best = from_bytes(telling, cp_isolation=GUESSED).best()
    name = best.encoding if best is not None else FALLBACK
    if name != FALLBACK and _reads_as_western(telling):
        name = FALLBACK
    text = telling.decode(name, errors="replace")
    words = [word for word in text.replace(",", " ").replace(";", " ").split() if not word.isascii()]
    return TextEncoding(name=name, is_guess=True, excerpt=" ".join(words[:3])[:60])


def _reads_as_western(sample: bytes) -> bool:
    """Whether the fallback reads only letters of western Europe; guessers often take its neighbours."""
    try:
        text = sample.decode(FALLBACK)
    except UnicodeDecodeError:
        return False
    return all(character.isascii() or character in WESTERN for character in text)
