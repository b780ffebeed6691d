"""What each role may do with each kind of record, and which fields it sees: for administrators to change."""

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.forms import chosen_values, text_fields
from agent_console.navigation import N_, NavigationItem, Section
from agent_console.parts import parts_of
from agent_console.records.doors import looked_at
from agent_console.rendering import done, page, text_of
from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR, ROLES
from crm_core.engine.custom_fields import with_custom_fields
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.fields import Phone
from crm_core.engine.reference_fields import Computed
from crm_core.engine.rights import may_see, scopes_of
from crm_core.engine.role_rights import set_role_field, set_role_scope
from crm_core.engine.scopes import Scope, Verb
from crm_core.engine.viewer import Viewer, roles_alone

PATH = "/administration/roles"
ONE = PATH + r"/{role:[a-z]{1,40}}"
CHANGEABLE = tuple(role for role in ROLES if role != ADMINISTRATOR)
VERB_LABELS = {
    Verb.READ: N_("See"),
    Verb.CREATE: N_("Add"),
    Verb.EDIT: N_("Edit"),
    Verb.DELETE: N_("Delete"),
    Verb.EXPORT: N_("Export"),
}
SCOPE_LABELS = {
    Scope.NOBODY: N_("None"),
    Scope.OWN: N_("Own"),
    Scope.TEAM: N_("Team"),
    Scope.AGENCY: N_("Agency"),
    Scope.ALL: N_("All"),
}
ROLES_ITEM = NavigationItem(
    section=Section.ADMINISTRATION,
    label=N_("Roles"),
    path=PATH,
    icon="lock",
    roles=frozenset({ADMINISTRATOR}),
)


class RolePages:
    """The pages over the entities of one registry."""

    def __init__(self, registry: Registry) -> None:
        """Take the entities."""
        self._registry = registry

    async def show_first(self, request: web.Request) -> web.Response:
        """Go to the role that has most people."""
        raise web.HTTPSeeOther(f"{PATH}/{CHANGEABLE[-1]}")

    async def show(self, request: web.Request) -> web.Response:
        """Show one role."""
        role = _role(request)
        async with looked_at(request) as (connection, _):
            viewer = await roles_alone(connection, 0, [role])
            entities = await self._entities(connection)
            return await page(
                request,
                "records/role_rights.html",
                role=role,
                roles=CHANGEABLE,
                root=PATH,
                verbs=VERB_LABELS,
                scopes=SCOPE_LABELS,
                entities=[(one, _scopes(viewer, one), _masks(viewer, one)) for one in entities],
                sees_numbers=any(
                    may_see(viewer, one, field)
                    for one in entities
                    for field in one.fields.values()
                    if isinstance(field, Phone)
                ),
            )

    async def change(self, request: web.Request) -> web.Response:
        """Keep what was chosen for one role and one entity; only what differs is written."""
        role = _role(request)
        seen = set(await chosen_values(request, "seen"))
        now = parts_of(request).clock()
        async with looked_at(request) as (connection, viewer):
            found = self._registry.find(request.match_info["entity"])
            if found is None:
                raise web.HTTPNotFound
            entity = await with_custom_fields(connection, found)
            before = await roles_alone(connection, 0, [role])
            for verb, scope in _scopes(before, entity).items():
                wanted = await _scope(request, verb)
                if wanted is not scope:
                    await set_role_scope(connection, viewer, role, entity.name, verb, wanted, now)
            for name, (_, is_seen) in _masks(before, entity).items():
                if (name in seen) != is_seen:
                    await set_role_field(connection, viewer, role, entity.name, name, name in seen, now)
            return await _kept(request, role)

    async def change_numbers(self, request: web.Request) -> web.Response:
        """Show a role all telephone numbers, or hide them, wherever they stand."""
        role = _role(request)
        (seen,) = await text_fields(request, "seen")
        now = parts_of(request).clock()
        async with looked_at(request) as (connection, viewer):
            for entity in await self._entities(connection):
                for name, field in entity.fields.items():
                    if isinstance(field, Phone):
                        await set_role_field(connection, viewer, role, entity.name, name, seen == "yes", now)
            return await _kept(request, role)

    async def _entities(self, connection: Connection) -> list[Entity]:
        return [await with_custom_fields(connection, one) for one in self._registry]


def _scopes(viewer: Viewer, entity: Entity) -> dict[Verb, Scope]:
    return {verb: next(iter(scopes_of(viewer, entity, verb))) for verb in Verb}


def _masks(viewer: Viewer, entity: Entity) -> dict[str, tuple[str, bool]]:
    return {
        name: (field.title(), may_see(viewer, entity, field))
        for name, field in entity.fields.items()
        if not isinstance(field, Computed)
    }


def _role(request: web.Request) -> str:
    role = request.match_info["role"]
    if role not in CHANGEABLE:
        raise web.HTTPNotFound
    return role


async def _scope(request: web.Request, verb: Verb) -> Scope:
    (text,) = await text_fields(request, verb.value)
    try:
        return Scope(text)
    except ValueError:
        raise web.HTTPBadRequest from None


async def _kept(request: web.Request, role: str) -> web.Response:
    return await done(request, f"{PATH}/{role}", text_of(request, "The changes are kept."))


def role_routes(registry: Registry) -> tuple[Route, ...]:
    """Routes of these pages."""
    pages = RolePages(registry)
    return tuple(
        Route(method=method, path=path, handler=handler, access=Access.ADMINISTRATOR)
        for method, path, handler in (
            ("GET", PATH, pages.show_first),
            ("GET", ONE, pages.show),
            ("POST", f"{ONE}/numbers", pages.change_numbers),
            ("POST", ONE + "/entities/{entity:[a-z_]{1,60}}", pages.change),
        )
    )
