"""Stages of a search for words, each a condition that an index answers, from the surest to the vaguest.

Nothing is read here, and rights are the caller's: `searching` adds them to every stage.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal, or_

from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field, escape_like
from crm_core.engine.rights import may_see
from crm_core.engine.tables import START_LETTERS, searched, start_of
from crm_core.engine.viewer import Viewer
from rules.conditions.folding import fold

WORDS_MAX = 8
LENGTH_MAX = 200  # characters; what is longer is a text pasted by mistake
LETTERS_MIN = 2  # of a word: shorter ones are in nearly every record
TRIGRAM_LETTERS = 3  # of a word that an index of trigrams finds inside another
SLIP_LETTERS_MIN = 4  # of a word that may have a slip in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One way to look for a text."""

    condition: ColumnElement[bool]
    order: Sequence[ColumnElement[str]] = ()  # in which candidates are taken, where an index gives it
    nearest_to: str = ""  # candidates whose searched text is nearest to this come first; "": as they come
    is_last_resort: bool = False  # only where nothing was found so far


def words_of(text: str) -> list[str]:
    """Folded words that are worth searching for.

    >>> words_of(" Żółw  a NINJA ")
    ['zolw', 'ninja']
    """
    return [word for word in _folded(text).split() if len(word) >= LETTERS_MIN][:WORDS_MAX]


def text_stages(
    viewer: Viewer,
    entity: Entity,
    fields: Sequence[Field],
    text: str,
    words: Sequence[str],
    *,
    is_number: bool,
) -> Iterator[Stage]:
    """Stages over the fields that a viewer may look in; a long number is their last resort."""
    together = [field for field in searched(entity.fields.values()) if field in fields]
    # The search columns hold every field that is nobody's secret. Where an exception hides one of them from
    # this viewer they only bring candidates: each word has to stand in a field that he sees.
    is_whole = all(may_see(viewer, entity, field) for field in searched(entity.fields.values()))
    shown = [] if is_whole else [_each_word_in(entity, together, words)]
    nearest_to = " ".join(words) if is_whole and "search_text" in entity.table.c else ""
    if together:
        for condition, order in _surest(entity, text, words):
            yield Stage(
                condition=and_(condition, *shown),
                order=order,
                nearest_to=nearest_to,
                is_last_resort=is_number,
            )
    apart = [field for field in fields if field not in together]
    has_trigrams = any(len(word) >= TRIGRAM_LETTERS for word in words)
    if apart and has_trigrams:
        yield Stage(condition=_each_word_in(entity, apart, words), is_last_resort=is_number)
    may_slip = all(len(word) >= SLIP_LETTERS_MIN for word in words) and not is_number
    if together and is_whole and may_slip and "search_text" in entity.table.c:
        near = [literal(word).op("<%", is_comparison=True)(entity.table.c.search_text) for word in words]
        yield Stage(condition=and_(*near), nearest_to=nearest_to, is_last_resort=True)


def _surest(
    entity: Entity, text: str, words: Sequence[str]
) -> Iterator[tuple[ColumnElement[bool], list[ColumnElement[str]]]]:
    columns = entity.table.c
    if "search_text" in columns:
        start = start_of(columns.search_text)
        typed = escape_like(" ".join(_folded(text).split())[:START_LETTERS])
        yield start.like(f"{typed}%"), [start]
    parts = [part for word in words for part in re.findall(r"\w+", word)]
    if parts:
        query = func.to_tsquery("simple", " & ".join(f"{part}:*" for part in parts))
        yield columns.search_vector.op("@@", is_comparison=True)(query), []
    if "search_text" in columns and any(len(word) >= TRIGRAM_LETTERS for word in words):
        yield and_(*(columns.search_text.like(f"%{escape_like(word)}%") for word in words)), []


def _each_word_in(entity: Entity, fields: Sequence[Field], words: Sequence[str]) -> ColumnElement[bool]:
    columns = [entity.table.c[field.column_name()] for field in fields]
    folded = [func.crm.fold(column) for column in columns]
    return and_(*(or_(*(one.like(f"%{escape_like(word)}%") for one in folded)) for word in words))


def _folded(text: str) -> str:
    return fold(re.sub(r"[\x00-\x1f\ud800-\udfff]", " ", text[:LENGTH_MAX]))
