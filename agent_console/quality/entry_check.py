"""Before a new party is kept: who may be the same already. Saving again keeps it all the same."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from agent_console.parts import Finding
from agent_console.quality.wording import VERDICT_LABELS
from agent_console.records.doors import record_path
from crm_core.access.connection import Connection
from crm_core.engine.cleaning import clean_given
from crm_core.engine.declaration import Registry
from crm_core.engine.viewer import Viewer
from crm_core.quality.looking import PARTY, POINT, find_duplicates, profile_of
from crm_core.quality.pairs import look_at_changes


class DuplicateCheck:
    """Looks a new party up among those that its author may see."""

    entity = PARTY

    def __init__(self, registry: Registry, clock: Callable[[], datetime]) -> None:
        """Take the entities, and what says the time."""
        self._registry = registry
        self._clock = clock

    async def look(
        self, connection: Connection, viewer: Viewer, raw: Mapping[str, object]
    ) -> Sequence[Finding]:
        """Parties that may be this one, the likeliest first; what cannot be read of the form is left out.

        A form that also asks for a telephone or an e-mail address sends them under these names.
        """
        await look_at_changes(connection, self._registry, self._clock())
        party, point = self._registry.get(PARTY), self._registry.get(POINT)
        values, _ = clean_given(viewer, party, {k: v for k, v in raw.items() if k in party.fields})
        reached, _ = clean_given(viewer, point, {k: raw[k] for k in ("phone", "email") if raw.get(k)})
        found = await find_duplicates(
            connection, viewer, self._registry, profile_of(values, [reached] if reached else [])
        )
        return [
            Finding(
                title=one.party.record.title(),
                detail=VERDICT_LABELS[one.score.verdict()],
                path=record_path(party, one.party.record.id),
                icon="user",
            )
            for one in found
        ]
