"""Figures of the house that administrators set: each has a range and acts from the next request on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_core.access.connection import Connection
from crm_core.access.errors import ParameterUnusable
from crm_core.access.happenings import tell
from crm_core.access.signed_in_user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One figure, as it is declared."""

    name: str  # its code
    label: str  # English
    help: str  # English: what it does
    unit: str  # English
    default: int
    at_least: int
    at_most: int


ESCALATION_HOURS = Parameter(
    name="escalation_hours",
    label="Late tasks are told to who leads the team after",
    help="Counted from the time when the task was due.",
    unit="hours",
    default=24,
    at_least=1,
    at_most=720,
)
IDLE_MINUTES = Parameter(
    name="idle_minutes",
    label="A session that nobody uses ends after",
    help="Whoever comes back later signs in again.",
    unit="minutes",
    default=720,
    at_least=5,
    at_most=1440,
)
LINK_HOURS = Parameter(
    name="link_hours",
    label="A link to choose a password is good for",
    help="Links that were made already keep their time.",
    unit="hours",
    default=48,
    at_least=1,
    at_most=336,
)
IMPORT_DAYS = Parameter(
    name="import_days",
    label="Files that were read in are kept for",
    help="Tidying up throws older ones away; the records made of them stay.",
    unit="days",
    default=90,
    at_least=1,
    at_most=3650,
)
PARAMETERS: Mapping[str, Parameter] = {
    one.name: one for one in (ESCALATION_HOURS, IDLE_MINUTES, LINK_HOURS, IMPORT_DAYS)
}


async def read_parameter(connection: Connection, parameter: Parameter) -> int:
    """What a figure is now."""
    value = await connection.fetchval("select value from crm.parameter where name = $1", parameter.name)
    return parameter.default if value is None else int(value)


async def read_parameters(connection: Connection) -> dict[str, int]:
    """What all figures are now, by name."""
    rows = await connection.fetch("select name, value from crm.parameter")
    kept = {row["name"]: row["value"] for row in rows}
    return {name: kept.get(name, one.default) for name, one in PARAMETERS.items()}


async def set_parameter(connection: Connection, by: UserId, name: str, value: int, now: datetime) -> int:
    """Set a figure; gives what it was.

    Raises:
        ParameterUnusable: there is none of this name, or the value is out of its range.
    """
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise ParameterUnusable("there is no such parameter")
    if not parameter.at_least <= value <= parameter.at_most:
        raise ParameterUnusable(
            "expected {at_least} to {at_most}", at_least=parameter.at_least, at_most=parameter.at_most
        )
    await connection.execute("select pg_advisory_xact_lock(hashtext($1))", f"parameter {name}")
    before = await read_parameter(connection, parameter)
    if value != before:
        await connection.execute(
            """insert into crm.parameter (name, value) values ($1, $2)
            on conflict (name) do update set value = excluded.value""",
            name,
            value,
        )
        payload = {"about": parameter.label, "before": {"value": before}, "after": {"value": value}}
        await tell(connection, by, "parameter.changed", payload, now)
    return before
