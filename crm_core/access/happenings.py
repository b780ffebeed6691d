"""What administrators did to users and teams, written where all events are, with the deed itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import UserId

NOT_RECORD = UUID(int=0)  # events of people, teams, roles and fields belong to no record
HAPPENINGS_MAX = 200
ABOUT = ("user", "team", "parameter", "maintenance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One deed of an administrator."""

    at: datetime
    by: str  # who did it
    kind: str  # such as user.changed
    about: str  # which user or team
    before: Mapping[str, object]  # what was changed, as it was
    after: Mapping[str, object]


async def tell(
    connection: Connection, user_id: UserId, kind: str, payload: Mapping[str, object], now: datetime
) -> None:
    """Write down that a user did something to a user or a team."""
    await connection.execute(
        """insert into crm.domain_event (at, user_id, kind, entity, record_id, payload)
        values ($1, $2, $3, $4, $5, $6)""",
        now,
        user_id,
        kind,
        kind.partition(".")[0],
        NOT_RECORD,
        json.dumps(payload),
    )


async def happenings(connection: Connection, before: datetime | None = None) -> list[Happening]:
    """What was done to users and teams, newest first; `before`: only what is older."""
    rows = await connection.fetch(
        """select e.at, coalesce(u.name, '') as by, e.kind, e.payload
        from crm.domain_event e left join crm.users u on u.id = e.user_id
        where e.record_id = $1 and e.entity = any ($4) and e.payload ? 'about'
            and e.at < coalesce($2::timestamptz, 'infinity')
        order by e.at desc, e.id desc limit $3""",
        NOT_RECORD,
        before,
        HAPPENINGS_MAX,
        list(ABOUT),
    )
    return [_happening(row["at"], row["by"], row["kind"], json.loads(row["payload"])) for row in rows]


def _happening(at: datetime, by: str, kind: str, payload: Mapping[str, object]) -> Happening:
    was, became = payload.get("before"), payload.get("after")
    return Happening(
        at=at,
        by=by,
        kind=kind,
        about=str(payload["about"]),
        before=was if isinstance(was, dict) else {},
        after=became if isinstance(became, dict) else {},
    )
