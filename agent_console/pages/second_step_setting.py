"""Turning the second step on and off: an authenticator app, and recovery codes for the day it is lost."""

import re
from http import HTTPStatus

import segno
from aiohttp import web
from markupsafe import Markup

from agent_console.doorkeeper import Route
from agent_console.forms import text_fields
from agent_console.pages.account import PATH as ACCOUNT_PATH
from agent_console.pages.account import is_own_password
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access import second_step, users

PATH = f"{ACCOUNT_PATH}/second-step"
SECRET = re.compile(r"[A-Z2-7]{32}")
PICTURE_BORDER = 2


async def show_second_step(request: web.Request) -> web.Response:
    """Show a new secret, as a picture for an app and as letters."""
    async with parts_of(request).transactions.begin() as connection:
        user = await users.get_user(connection, user_of(request).id)
    if user.totp_secret is not None:
        return web.Response(status=303, headers={"Location": ACCOUNT_PATH})
    return await _secret_page(request, second_step.new_secret(), None)


async def _secret_page(
    request: web.Request, secret: str, error: str | None, status: int = HTTPStatus.OK
) -> web.Response:
    async with parts_of(request).transactions.begin() as connection:
        user = await users.get_user(connection, user_of(request).id)
    address = second_step.provisioning_uri(secret, user.sign_in_name)
    drawn = segno.make(address, error="m").svg_inline(
        border=PICTURE_BORDER, dark="#000", light="#fff", omitsize=True
    )
    return await page(
        request,
        "second_step.html",
        status,
        secret=secret,
        picture=Markup(drawn),
        error=error,
    )


async def turn_on(request: web.Request) -> web.Response:
    """Turn it on, once the app has shown that it knows the secret; show the recovery codes, once."""
    secret, code, password = await text_fields(request, "secret", "code", "password")
    if not SECRET.fullmatch(secret):
        raise web.HTTPBadRequest
    if not await is_own_password(request, password):
        error = text_of(request, "The password is wrong.")
        return await _secret_page(request, secret, error, HTTPStatus.UNPROCESSABLE_ENTITY)
    parts = parts_of(request)
    async with parts.transactions.begin() as connection:
        codes = await second_step.turn_on(connection, user_of(request).id, secret, code, parts.clock())
    if codes is None:
        error = text_of(request, "This code is wrong: type the one that the app shows now.")
        return await _secret_page(request, secret, error, HTTPStatus.UNPROCESSABLE_ENTITY)
    return await page(request, "recovery_codes.html", codes=codes)


async def turn_off(request: web.Request) -> web.Response:
    """Turn it off, for whoever knows the password."""
    (password,) = await text_fields(request, "password")
    if not await is_own_password(request, password):
        return await done(
            request, ACCOUNT_PATH, text_of(request, "The password is wrong: nothing was changed.")
        )
    async with parts_of(request).transactions.begin() as connection:
        await second_step.turn_off(connection, user_of(request).id)
    return await done(request, ACCOUNT_PATH, text_of(request, "The second step is turned off."))


ROUTES = (
    Route(method="GET", path=PATH, handler=show_second_step),
    Route(method="POST", path=PATH, handler=turn_on),
    Route(method="POST", path=f"{PATH}/off", handler=turn_off),
)
