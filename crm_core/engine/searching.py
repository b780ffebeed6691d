"""Search: case, accents and slips of the finger do not count; a phone number is found in any format.

First what holds every word typed, then, where there is room left, what sounds nearly so. Fields that are
hidden from the viewer are not looked in: what is found would tell what stands there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select

from crm_core.access.connection import Connection
from crm_core.engine.contact_fields import Phone
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.field import Field, escape_like
from crm_core.engine.rights import Record, may_see, record_of, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.tables import searched
from crm_core.engine.viewer import Viewer
from rules.conditions.folding import fold

WORDS_MAX = 8
LENGTH_MAX = 200  # characters; what is longer is a text pasted by mistake
LETTERS_MIN = 2  # of a word: shorter ones are in nearly every record
SLIP_LETTERS_MIN = 4  # of a word that may have a slip in it
DIGITS_MIN = 3
PHONE_SIGNS = re.compile(r"[\d\s()+./-]+")


async def search_records(
    connection: Connection, viewer: Viewer, entity: Entity, text: str, *, limit: int = 20
) -> list[Record]:
    """Records of one entity that a viewer may see, best first; none for a text too short to search for."""
    words = words_of(text)
    fields = [field for field in entity.fields.values() if field.search and may_see(viewer, entity, field)]
    if not words or not fields:
        return []
    found: dict[object, Mapping[str, object]] = {}
    for condition, ranking in _searches(viewer, entity, fields, text, words):
        rows = await fetch(
            connection,
            select(entity.table)
            .where(condition, entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))
            .order_by(*ranking, entity.table.c.id)
            .limit(limit),
        )
        for row in rows:
            found.setdefault(row["id"], dict(row))
        if len(found) >= limit:
            break
    return [record_of(viewer, entity, row) for row in list(found.values())[:limit]]


async def search_everything(
    connection: Connection, viewer: Viewer, registry: Registry, text: str, *, limit_each: int = 5
) -> list[Record]:
    """Records of every entity, those of one entity together."""
    found: list[Record] = []
    for entity in registry:
        found += await search_records(connection, viewer, entity, text, limit=limit_each)
    return found


def words_of(text: str) -> list[str]:
    """Folded words that are worth searching for.

    >>> words_of(" Żółw  a NINJA ")
    ['zolw', 'ninja']
    """
    words = fold(re.sub(r"[\x00-\x1f\ud800-\udfff]", " ", text[:LENGTH_MAX])).split()
    return [word for word in words if len(word) >= LETTERS_MIN][:WORDS_MAX]


def phone_digits(text: str) -> str:
    """Digits that a number in E.164 holds, whatever its format; "" where the text is no number.

    >>> phone_digits("(0048) 22-123 45"), phone_digits("022 12 345"), phone_digits("flat 12")
    ('482212345', '2212345', '')
    """
    if not PHONE_SIGNS.fullmatch(text.strip()):
        return ""
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits if len(digits) >= DIGITS_MIN else ""


def _searches(
    viewer: Viewer, entity: Entity, fields: Sequence[Field], text: str, words: Sequence[str]
) -> Iterator[tuple[ColumnElement[bool], list[ColumnElement[object]]]]:
    phones = [field for field in fields if isinstance(field, Phone)]
    digits = phone_digits(text)
    numbers = [entity.table.c[field.name].like(f"%{digits}%") for field in phones if digits]
    texts = [field for field in fields if field not in phones]
    together = [field for field in searched(entity.fields.values()) if field not in phones]
    columns = entity.table.c
    # The search columns hold every field that is nobody's secret; one exception, and each is asked alone.
    if together and all(may_see(viewer, entity, field) for field in together):
        apart = [field for field in texts if field not in together]
        exact = [_by_columns(entity, words), *_each_word_in(entity, apart, words)]
        yield or_(false(), *numbers, *exact), _nearest(entity, words)
        long_words = [word for word in words if len(word) >= SLIP_LETTERS_MIN]
        if "search_text" in columns and len(long_words) == len(words):
            near = [literal(word).op("<%", is_comparison=True)(columns.search_text) for word in words]
            yield and_(*near), _nearest(entity, words)
    else:
        yield or_(false(), *numbers, *_each_word_in(entity, texts, words)), []


def _by_columns(entity: Entity, words: Sequence[str]) -> ColumnElement[bool]:
    columns = entity.table.c
    conditions: list[ColumnElement[bool]] = []
    if "search_text" in columns:
        conditions.append(and_(*(columns.search_text.like(f"%{escape_like(word)}%") for word in words)))
    if "search_vector" in columns:
        parts = [part for word in words for part in re.findall(r"\w+", word)]
        query = " & ".join(f"{part}:*" for part in parts)
        if parts:
            vector = columns.search_vector
            conditions.append(vector.op("@@", is_comparison=True)(func.to_tsquery("simple", query)))
    return or_(false(), *conditions)


def _each_word_in(entity: Entity, fields: Sequence[Field], words: Sequence[str]) -> list[ColumnElement[bool]]:
    if not fields:
        return []
    columns = [entity.table.c[field.column_name()] for field in fields]
    each = [
        or_(*(func.crm.fold(column).like(f"%{escape_like(word)}%") for column in columns)) for word in words
    ]
    return [and_(*each)]


def _nearest(entity: Entity, words: Sequence[str]) -> list[ColumnElement[object]]:
    if "search_text" not in entity.table.c:
        return []
    return [func.word_similarity(" ".join(words), entity.table.c.search_text).desc()]
