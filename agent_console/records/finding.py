"""Records in the palette: what is typed there is searched for in every entity, by the engine's own search."""

from collections.abc import Callable, Sequence
from datetime import datetime

from agent_console.parts import Finding
from agent_console.records.doors import record_path
from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import SignedInUser
from crm_core.engine.declaration import Registry
from crm_core.engine.searching import search_everything
from crm_core.engine.viewer import get_viewer

EACH_MAX = 4


class RecordSearch:
    """A `SearchProvider` over all entities of a registry."""

    def __init__(self, registry: Registry, clock: Callable[[], datetime]) -> None:
        """Take what is declared and what says the time: delegations hold for a period."""
        self._registry = registry
        self._clock = clock

    async def search(
        self, connection: Connection, user: SignedInUser, text: str, limit: int
    ) -> Sequence[Finding]:
        """Records that this user may see, those of one entity together."""
        viewer = await get_viewer(connection, user.id, self._clock())
        found = await search_everything(connection, viewer, self._registry, text, limit_each=EACH_MAX)
        return [
            Finding(
                title=record.title() or "–",
                detail=record.entity.title,
                path=record_path(record.entity, record.id),
                icon="table",
            )
            for record in found[:limit]
        ]
