"""Field kinds whose values lie in a record's document: what people add while the program runs.

Each is one of the usual kinds, kept in the column `custom` in its JSON form instead of in columns of its own.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, cast, func

from crm_core.engine.field import Field
from crm_core.engine.number_fields import Boolean, Number
from crm_core.engine.text_fields import Choice, Email, LongText, Text, Url
from crm_core.engine.time_fields import Date, DateTime

DOCUMENT = "custom"


class InDocument(Field):
    """Before a kind among the bases of a class: its values lie in the document."""

    def columns(self) -> tuple[Column[object], ...]:
        """None of its own."""
        return ()

    def column(self, table: FromClause) -> ColumnElement[Any]:
        """Its part of the document, as the database's own type."""
        text = func.jsonb_extract_path_text(table.c[DOCUMENT], self.name)
        return text if isinstance(self, Text) else cast(text, self.sql_type())

    def expected(self, raw: object) -> object:
        """The value itself: the database compares it in its own type."""
        Field.expected(self, raw)  # there must be one
        return self.clean(raw)

    def to_row(self, value: object) -> dict[str, object]:
        """Its part of the document; who writes rows puts the parts together."""
        return {self.column_name(): value}

    def from_row(self, row: Mapping[str, object]) -> object:
        """Its part of the document."""
        return self.from_json(json.loads(str(row[DOCUMENT])).get(self.name))


class CustomText(InDocument, Text):
    """One line."""


class CustomLongText(InDocument, LongText):
    """Several lines."""


class CustomChoice(InDocument, Choice):
    """One code out of a list."""


class CustomNumber(InDocument, Number):
    """A number."""


class CustomDate(InDocument, Date):
    """A day."""


class CustomDateTime(InDocument, DateTime):
    """An instant."""


class CustomBoolean(InDocument, Boolean):
    """Yes or no."""


class CustomEmail(InDocument, Email):
    """An e-mail address."""


class CustomUrl(InDocument, Url):
    """An address on the web."""


KINDS: Mapping[str, type[Field]] = {
    "text": CustomText,
    "long_text": CustomLongText,
    "choice": CustomChoice,
    "number": CustomNumber,
    "date": CustomDate,
    "date_time": CustomDateTime,
    "boolean": CustomBoolean,
    "email": CustomEmail,
    "url": CustomUrl,
}
"""What can be added, by the name under which it is kept."""


def document_with(document: object, parts: Mapping[str, object]) -> str:
    """The document of a row with some parts put in, as the driver takes it."""
    return json.dumps({**json.loads(str(document or "{}")), **parts}, ensure_ascii=False)
