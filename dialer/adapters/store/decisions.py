"""Pacing decisions on record, with all that they were decided on: "why these N calls"."""

import json
import math
from collections.abc import Sequence
from dataclasses import fields, is_dataclass

import numpy as np

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.core.commands import RecordPacingDecision


async def record_pacing_decisions(
    connection: Connection, commands: Sequence[RecordPacingDecision], clock: EngineClock
) -> None:
    """Keep decisions."""
    numbers = await campaign_numbers(connection, {command.campaign_id for command in commands})
    await connection.execute(
        sql("write_pacing_decisions"),
        [numbers[command.campaign_id] for command in commands],
        [clock.wall_at(command.at) for command in commands],
        [command.decision.lines for command in commands],
        [command.lines_started for command in commands],
        [command.binding_constraint for command in commands],
        [as_json(command.inputs) for command in commands],
        [as_json(command.decision) for command in commands],
    )


def as_json(value: object) -> str:
    """A value as JSON text; figures that are none (JSON has no such words) become null.

    >>> as_json([1.5, math.nan, math.inf])
    '[1.5, null, null]'
    """
    return json.dumps(_plain(value), allow_nan=False)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
