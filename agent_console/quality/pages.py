"""Addresses and menu items of all pages of this area."""

from agent_console.doorkeeper import Route
from agent_console.navigation import NavigationItem
from agent_console.quality import duplicates, imports, sources
from agent_console.records.exports import export_routes
from crm_core.engine.declaration import Registry

QUALITY_ITEMS: tuple[NavigationItem, ...] = (*duplicates.ITEMS, *imports.ITEMS)


def quality_routes(registry: Registry) -> tuple[Route, ...]:
    """All of them."""
    return (
        *duplicates.duplicate_routes(registry),
        *sources.source_routes(registry),
        *imports.import_routes(registry),
        *export_routes(registry),
    )
