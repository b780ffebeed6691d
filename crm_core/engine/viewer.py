"""Who looks: everything about a person that rights depend on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR
from crm_core.engine.errors import RecordAbsent
from crm_core.engine.scopes import Scope, Verb

CONTRIBUTING = frozenset([Verb.READ, Verb.EDIT])
LEADING = frozenset(Verb)
LEVELS = {"contribute": CONTRIBUTING, "lead": LEADING}
"""What somebody may do in another's name, by the level of the delegation."""

SUBTEAMS = """
    with recursive below as (
        select id from crm.teams where id = $1
        union select t.id from crm.teams t join below on t.parent_id = below.id)
    select id from below
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeException:
    """One verb on one entity reaches so far for this person, whatever his roles say."""

    entity: str
    verb: Verb
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldException:
    """One field is seen, or not, by this person, whatever his roles say."""

    entity: str
    field: str
    is_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One record that a colleague shares with this person, until he ends it."""

    entity: str
    record_id: UUID
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person with his rights at one moment."""

    user_id: int
    roles: frozenset[str] = frozenset()
    team_id: int | None = None  # the team he belongs to: his new records are its
    team_ids: frozenset[int] = frozenset()  # it, and all teams under it
    agency_id: int | None = None
    scope_exceptions: tuple[ScopeException, ...] = ()
    field_exceptions: tuple[FieldException, ...] = ()
    shares: tuple[Share, ...] = ()
    # What administrators changed about his roles: by role, entity and verb or name of the field.
    role_scopes: Mapping[tuple[str, str, Verb], Scope] = field(default_factory=dict, hash=False)
    role_masks: Mapping[tuple[str, str, str], bool] = field(default_factory=dict, hash=False)
    # Those in whose name he may act now, each with what he may do so. Fields stay those of his own roles.
    stands_in_for: tuple[tuple["Viewer", frozenset[Verb]], ...] = ()
    is_read_only: bool = False  # he looks with another's eyes

    def principals(self, verb: Verb) -> Iterator["Viewer"]:
        """Himself, and those for whom he may do this."""
        yield self
        yield from (other for other, verbs in self.stands_in_for if verb in verbs)

    def seen_as(self) -> "Viewer":
        """What somebody else gets who looks with this person's eyes: nothing can be changed or taken away."""
        return replace(self, is_read_only=True)

    @property
    def is_administrator(self) -> bool:
        """Whether he reaches everything."""
        return ADMINISTRATOR in self.roles


async def get_viewer(connection: Connection, user_id: int, now: datetime) -> Viewer:
    """A user with his teams, exceptions and the delegations that hold now.

    Raises:
        RecordAbsent: there is no such active user.
    """
    viewer = await _viewer_alone(connection, user_id)
    rows = await connection.fetch(
        """select d.from_user_id, d.level from crm.delegation d join crm.users u on u.id = d.from_user_id
        where d.to_user_id = $1 and d.begins_at <= $2 and d.ends_at > $2 and d.ended_at is null
            and u.is_active
        order by d.from_user_id, d.level""",
        user_id,
        now,
    )
    others = [(await _viewer_alone(connection, row["from_user_id"]), LEVELS[row["level"]]) for row in rows]
    return replace(viewer, stands_in_for=tuple(others))


async def _viewer_alone(connection: Connection, user_id: int) -> Viewer:
    user = await connection.fetchrow(
        "select roles, team_id, agency_id from crm.users where id = $1 and is_active", user_id
    )
    if user is None:
        raise RecordAbsent("there is no active user {user_id}", user_id=user_id)
    teams = await connection.fetch(SUBTEAMS, user["team_id"])
    rows = await connection.fetch(
        "select entity, verb, scope, field, is_seen from crm.right_exception where user_id = $1 order by id",
        user_id,
    )
    shares = await connection.fetch(
        """select entity, record_id, level = 'edit' as may_edit from crm.record_share
        where user_id = $1 and ended_at is null order by id""",
        user_id,
    )
    alone = await roles_alone(connection, user_id, user["roles"])
    return replace(
        alone,
        team_id=user["team_id"],
        team_ids=frozenset(row["id"] for row in teams),
        agency_id=user["agency_id"],
        scope_exceptions=tuple(
            ScopeException(entity=row["entity"], verb=Verb(row["verb"]), scope=Scope(row["scope"]))
            for row in rows
            if row["verb"] is not None
        ),
        field_exceptions=tuple(
            FieldException(entity=row["entity"], field=row["field"], is_seen=row["is_seen"])
            for row in rows
            if row["field"] is not None
        ),
        shares=tuple(Share(**row) for row in shares),
    )


async def roles_alone(connection: Connection, user_id: int, roles: Sequence[str]) -> Viewer:
    """Somebody who has these roles as they are now, and nothing else."""
    changed = await connection.fetch(
        "select role, entity, verb, scope, field, is_seen from crm.role_right where role = any($1::text[])",
        list(roles),
    )
    return Viewer(
        user_id=user_id,
        roles=frozenset(roles),
        role_scopes={
            (row["role"], row["entity"], Verb(row["verb"])): Scope(row["scope"])
            for row in changed
            if row["verb"] is not None
        },
        role_masks={
            (row["role"], row["entity"], row["field"]): row["is_seen"]
            for row in changed
            if row["field"] is not None
        },
    )
