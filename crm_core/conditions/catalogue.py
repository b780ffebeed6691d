"""What one viewer's conditions about an entity may speak of, made of the declarations.

Links lead to what a field points at, rows to what points here: `interaction_by_party` are the contacts of a
party. Only fields that the viewer sees are there, and only entities of which he may see some record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_core.access.connection import Connection
from crm_core.conditions.gates import gate_of
from crm_core.conditions.kinds import Say, catalogue_field
from crm_core.engine.custom_fields import with_all_custom_fields
from crm_core.engine.declaration import Entity
from crm_core.engine.reference_fields import Link
from crm_core.engine.rights import may_reach, may_see, seen_fields
from crm_core.engine.scopes import Verb
from crm_core.engine.viewer import Viewer
from rules.conditions import catalogue
from rules.conditions.catalogue import EventTable, by_name
from rules.conditions.kinds import Kind

ME = "me"
MY_TEAMS = "my_teams"
VARIABLES: Mapping[str, Kind] = {ME: Kind.PERSON, MY_TEAMS: Kind.LINK}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerCatalogue:
    """A catalogue for one viewer; entities are described when they are asked for."""

    root: str
    viewer: Viewer
    declared: Mapping[str, Entity]  # all that there are, with the fields that people added
    say: Say
    events: EventTable | None = None
    variables: Mapping[str, Kind] = field(default_factory=lambda: dict(VARIABLES))
    _made: dict[str, catalogue.Entity] = field(default_factory=dict, repr=False, compare=False)

    @property
    def names(self) -> Sequence[str]:
        """Names of the entities of which the viewer may see some record."""
        return [name for name, entity in self.declared.items() if may_reach(self.viewer, entity, Verb.READ)]

    def find_entity(self, name: str) -> catalogue.Entity | None:
        """The entity of a name, if the viewer may see some record of it."""
        entity = self.declared.get(name)
        if entity is None or not may_reach(self.viewer, entity, Verb.READ):
            return None
        if name not in self._made:
            self._made[name] = self._describe(entity)
        return self._made[name]

    def _describe(self, entity: Entity) -> catalogue.Entity:
        seen = seen_fields(self.viewer, entity).values()
        found = [described for one in seen if (described := catalogue_field(one, self.say)) is not None]
        links = [
            catalogue.Link(
                name=one.name, label=self.say(one.title()), entity=one.to, column=one.column_name()
            )
            for one in seen
            if isinstance(one, Link)
        ]
        return catalogue.Entity(
            name=entity.name,
            label=self.say(entity.title),
            table=entity.table.fullname,
            fields=by_name(*found),
            links=by_name(*links),
            rows=by_name(*(rows for other in self.declared.values() for rows in self._rows(entity, other))),
            gate=gate_of(self.viewer, entity),
        )

    def _rows(self, entity: Entity, other: Entity) -> list[catalogue.Rows]:
        """Ways from a record to the records of another entity that point at it."""
        links = [one for one in other.links_to(entity.name) if may_see(self.viewer, other, one)]
        return [
            catalogue.Rows(
                name=rows_name(other, one),
                label=self._rows_label(other, one, is_only=len(links) == 1),
                entity=other.name,
                column=one.column_name(),
                newest_by=self._newest_by(other),
            )
            for one in links
        ]

    def _rows_label(self, other: Entity, link: Link, *, is_only: bool) -> str:
        several = self.say(other.title_many)
        return several if is_only else f"{several} ({self.say(link.title())})"

    def _newest_by(self, other: Entity) -> str:
        wanted = other.fields[other.timeline[0] if other.timeline else "created_at"]
        return wanted.column_name() if may_see(self.viewer, other, wanted) else ""


def rows_name(other: Entity, link: Link) -> str:
    """What conditions call the records of another entity that point here by one link."""
    return f"{other.name}_by_{link.name}"


async def catalogue_for(
    connection: Connection, viewer: Viewer, entity: Entity, say: Say = str
) -> ViewerCatalogue:
    """What a viewer's conditions about an entity may speak of; `say` translates labels."""
    declared = {one.name: one for one in await with_all_custom_fields(connection, entity.registry)}
    return ViewerCatalogue(root=entity.name, viewer=viewer, declared=declared, say=say)
