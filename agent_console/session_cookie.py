"""The cookie that holds a session's token: for this host and path only, and never shown to scripts."""

from aiohttp import web

from agent_console.parts import parts_of
from crm_core.access.sessions import LIFETIME


def set_session_cookie(request: web.Request, response: web.Response, token: str) -> None:
    """Give the browser a session's token.

    SameSite=Lax and not Strict, so that a link in a mail leads to the page and not to the sign-in.
    """
    site = parts_of(request).site
    response.set_cookie(
        site.cookie_name,
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=site.is_secure,
        httponly=True,
        samesite="Lax",
    )


def clear_session_cookie(request: web.Request, response: web.Response) -> None:
    """Take the token back."""
    site = parts_of(request).site
    response.del_cookie(site.cookie_name, path="/", secure=site.is_secure, httponly=True, samesite="Lax")
