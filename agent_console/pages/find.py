"""What the palette finds: pages by their names, and whatever the registered providers know."""

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.parts import Finding, parts_of, perspective_of
from agent_console.rendering import NAVIGATION, fragment, text_of

LIMIT = 12
TEXT_LENGTH_MAX = 200


async def find(request: web.Request) -> web.Response:
    """Find what a text may mean; without one, all pages."""
    text = " ".join(request.query.get("q", "")[:TEXT_LENGTH_MAX].replace("\x00", "").split())
    parts, user = parts_of(request), perspective_of(request)
    found = _pages(request, text)
    if text:
        async with parts.transactions.begin() as connection:
            for provider in parts.search_providers:
                found += await provider.search(connection, user, text, LIMIT)
    return fragment(request, "palette_results.html", findings=found[: 2 * LIMIT], text=text)


def _pages(request: web.Request, text: str) -> list[Finding]:
    words = text.casefold().split()
    items = [item for item in request.app[NAVIGATION] if item.is_for(perspective_of(request))]
    found = []
    for item in items:
        label, section = text_of(request, item.label), text_of(request, item.section.value)
        searched = f"{label} {section} {item.label}".casefold()
        if all(word in searched for word in words):
            found.append(Finding(title=label, detail=section, path=item.path, icon=item.icon))
    return found


ROUTES = (Route(method="GET", path="/find", handler=find),)
