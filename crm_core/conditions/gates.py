"""Which rows of an entity conditions may reach over links and figures: those that the viewer's lists show."""

import re

from sqlalchemy import ColumnElement, and_
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import replacement_traverse

from crm_core.engine.declaration import Entity
from crm_core.engine.rights import visible_to
from crm_core.engine.statements import sql_of
from crm_core.engine.viewer import Viewer
from rules.conditions.catalogue import Gate, PutValue

PLACEHOLDER = re.compile(r"\$(\d+)")


def gate_of(viewer: Viewer, entity: Entity) -> Gate:
    """Writes what a row must meet so that a viewer sees it, wherever a condition leads to it."""

    def write(alias: str, put: PutValue) -> str:
        columns = entity.table.alias(alias).c

        def renamed(element: object, **_: object) -> object | None:
            is_own = getattr(element, "table", None) is entity.table
            return columns[str(getattr(element, "key", ""))] if is_own else None

        seen = and_(entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))
        return _written(replacement_traverse(seen, {}, renamed), put)

    return write


def _written(condition: ColumnElement[bool], put: PutValue) -> str:
    assert isinstance(condition, ClauseElement)
    text, values = sql_of(condition)  # type: ignore[arg-type]
    # A number may stand at several places, and each place gets a value of its own.
    return f"({PLACEHOLDER.sub(lambda found: put(values[int(found[1]) - 1]), text)})"
