"""Fields of a form as texts, and errors of the door in the reader's language."""

from aiohttp import web

from agent_console.rendering import text_of
from crm_core.access.errors import AccessError

FIELD_LENGTH_MAX = 10_000


async def text_fields(request: web.Request, *names: str) -> list[str]:
    """The named fields of a form; one that is missing is empty.

    Raises:
        HTTPBadRequest: a field is a file, too long, or holds a zero byte, which no database takes.
    """
    form = await request.post()
    values = [form.get(name, "") for name in names]
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(names) or any(len(text) > FIELD_LENGTH_MAX or "\x00" in text for text in texts):
        raise web.HTTPBadRequest
    return texts


async def chosen_values(request: web.Request, name: str) -> list[str]:
    """All values of a field that may be chosen several times."""
    form = await request.post()
    return [value for value in form.getall(name, []) if isinstance(value, str)]


def message_of(request: web.Request, error: AccessError) -> str:
    """What an error says, in the language of the request."""
    return text_of(request, error.text, **error.values)
