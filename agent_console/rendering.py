"""Pages out of templates, in the language and the colours of whoever looks at them."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from aiohttp import web
from babel import Locale
from babel.dates import format_datetime, format_timedelta
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agent_console.catalogues import catalogues, chosen_locale
from agent_console.navigation import N_, NavigationItem, Section, is_current
from agent_console.parts import TOKEN, parts_of, session_of, transaction_of
from crm_core.access.sessions import clear_notice, leave_notice
from crm_core.access.tokens import request_token

NAVIGATION = web.AppKey("navigation", tuple[NavigationItem, ...])
ROLE_LABELS = {
    "administrator": N_("Administrator"),
    "manager": N_("Manager"),
    "supervisor": N_("Supervisor"),
    "agent": N_("Agent"),
}
MENU_SECTIONS = tuple(section for section in Section if section is not Section.SELF)


@cache
def environment(locale: str) -> Environment:
    """Templates in one language."""
    made = Environment(
        loader=PackageLoader("agent_console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogues()[locale], newstyle=True)  # type: ignore[attr-defined]
    made.filters["when"] = lambda instant: moment(instant, locale)
    # A text that is no literal of a template: `_` would take it for one and would not escape it.
    made.filters["translated"] = lambda text: catalogues()[locale].gettext(text) if text else ""
    made.filters["role"] = lambda role: role_label(role, locale)
    made.globals["MENU_SECTIONS"] = MENU_SECTIONS
    made.globals["is_current"] = is_current
    return made


def role_label(role: str, locale: str) -> str:
    """What a role is called."""
    return catalogues()[locale].gettext(ROLE_LABELS.get(role, role))


def moment(instant: datetime, locale: str) -> Markup:
    """An instant as people write it, in the time zone of this machine, for programs too."""
    local = instant.astimezone()
    text = format_datetime(local, "medium", tzinfo=local.tzinfo, locale=Locale.parse(locale))
    return Markup('<time datetime="{}">{}</time>').format(instant.isoformat(), text)


def ago(instant: datetime, now: datetime, locale: str) -> str:
    """How long ago an instant was, in words."""
    return format_timedelta(instant - now, add_direction=True, locale=Locale.parse(locale))


def locale_of(request: web.Request) -> str:
    """The language of a request."""
    session = session_of(request)
    preferred = session.user.locale if session else None
    return chosen_locale(preferred, request.headers.get("Accept-Language", ""))


def text_of(request: web.Request, text: str, **values: object) -> str:
    """A text in the language of a request, with values put in."""
    translated = catalogues()[locale_of(request)].gettext(text)
    return translated.format(**values) if values else translated


def context_of(request: web.Request) -> dict[str, object]:
    """What every template is given."""
    session, parts = session_of(request), parts_of(request)
    is_in = session is not None and not session.awaits_code
    user = session.user if session is not None and is_in else None
    seen_as = session.seen_as if session is not None else None
    eyes = seen_as or user
    items = [item for item in request.app.get(NAVIGATION, ()) if eyes is not None and item.is_for(eyes)]
    return {
        "asset": parts.assets.path,
        "locale": locale_of(request),
        "navigation": items,
        "notice_text": session.notice_text if session is not None and is_in else None,
        "notice_undo_path": session.notice_undo_path if session is not None and is_in else None,
        "path": request.path,
        "request_token": request_token(request[TOKEN]) if TOKEN in request else "",
        "return_path": request.path_qs if request.method == "GET" else "/",
        "seen_as": seen_as,
        "theme": user.theme if user is not None else "system",
        "user": user,
        "version": parts.version,
    }


def rendered(request: web.Request, template: str, values: Mapping[str, object]) -> str:
    """A template as text."""
    found = environment(locale_of(request)).get_template(template)
    return found.render({**context_of(request), **values})


async def page(request: web.Request, template: str, status: int = 200, **values: object) -> web.Response:
    """A whole page; a notice that was left for it is shown once."""
    text = rendered(request, template, values)
    session = session_of(request)
    if session is not None and session.notice_text is not None and not session.awaits_code:
        async with transaction_of(request) as connection:
            await clear_notice(connection, session.id)
    return web.Response(text=text, status=status, content_type="text/html")


def fragment(request: web.Request, template: str, **values: object) -> web.Response:
    """A part of a page, for htmx to put in its place."""
    return web.Response(text=rendered(request, template, values), content_type="text/html")


async def done(request: web.Request, path: str, text: str, undo_path: str | None = None) -> web.Response:
    """The answer to a form that was carried out: off to a page, which says so and may offer to undo it."""
    session = session_of(request)
    if session is not None:
        async with transaction_of(request) as connection:
            await leave_notice(connection, session.id, text, undo_path)
    return web.Response(status=303, headers={"Location": path})


def toast_header(text: str, undo_path: str | None = None) -> dict[str, str]:
    """Header with which an htmx answer shows a notice."""
    notice = {"text": text, **({"undo": undo_path} if undo_path else {})}
    return {"HX-Trigger": json.dumps({"paceline:toast": notice})}
