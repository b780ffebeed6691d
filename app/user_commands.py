"""`paceline user`: who may sign in to the pages."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.table import Table

from app.command_session import on_database, output, refuse, show_json

if TYPE_CHECKING:
    from crm_core.access.users import User
    from dialer.adapters.connection import Connection

user = typer.Typer(no_args_is_help=True, help="Users: who may sign in to the pages.")

Name = Annotated[str, typer.Argument(help="The name that the user signs in with.")]


@user.command()
def create(
    sign_in_name: Name,
    name: Annotated[str, typer.Option(help="What colleagues call him; by default the sign-in name.")] = "",
    email: Annotated[str, typer.Option(help="His e-mail address.")] = "",
    role: Annotated[
        list[str] | None, typer.Option(help="administrator, manager, supervisor or agent; repeat for more.")
    ] = None,
) -> None:
    """Make a user and print the link by which he chooses his password."""
    from crm_core.access.errors import AccessError
    from crm_core.access.set_up_links import make_link
    from crm_core.access.users import create_user

    async def make(connection: "Connection") -> str:
        now = datetime.now(UTC)
        async with connection.transaction():
            made = await create_user(
                connection,
                sign_in_name=sign_in_name,
                name=name or sign_in_name,
                email=email,
                roles=role or ["agent"],
                now=now,
            )
            return await make_link(connection, made, now)

    try:
        token = on_database(make)
    except AccessError as error:
        refuse(str(error))
    _show_link(token)


@user.command("list")
def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON for programs.")] = False,
) -> None:
    """Show all users."""
    from crm_core.access.users import list_users

    async def read(connection: "Connection") -> "list[User]":
        return await list_users(connection, limit=100_000)

    users = on_database(read)
    if as_json:
        show_json(
            [
                {
                    "sign_in_name": found.sign_in_name,
                    "name": found.name,
                    "roles": list(found.roles),
                    "is_active": found.is_active,
                    "has_password": found.password_hash is not None,
                    "has_second_step": found.totp_secret is not None,
                }
                for found in users
            ]
        )
        return
    table = Table("sign-in name", "name", "roles", "state", "second step")
    for found in users:
        state = "disabled" if not found.is_active else "active" if found.password_hash else "has a link"
        table.add_row(
            found.sign_in_name,
            found.name,
            ", ".join(found.roles),
            state,
            "yes" if found.totp_secret else "no",
        )
    output.print(table)


@user.command()
def disable(sign_in_name: Name) -> None:
    """Keep a user out; what he has open ends."""
    _set_active(sign_in_name, is_active=False)
    typer.echo(f"{sign_in_name} can no longer sign in.")


@user.command()
def enable(sign_in_name: Name) -> None:
    """Let a user in again."""
    _set_active(sign_in_name, is_active=True)
    typer.echo(f"{sign_in_name} can sign in again.")


@user.command("reset-password")
def reset(
    sign_in_name: Name,
    without_second_step: Annotated[
        bool,
        typer.Option("--without-second-step", help="Turn the second step off too: the telephone is lost."),
    ] = False,
) -> None:
    """Take a user's password away, end his sessions, and print a link for a new one."""
    from crm_core.access.set_up_links import reset_password

    async def change(connection: "Connection") -> str:
        async with connection.transaction():
            found = await _get(connection, sign_in_name)
            return await reset_password(
                connection, found.id, datetime.now(UTC), without_second_step=without_second_step
            )

    _show_link(on_database(change))


def _set_active(sign_in_name: str, *, is_active: bool) -> None:
    from crm_core.access.errors import AccessError
    from crm_core.access.users import set_active

    async def change(connection: "Connection") -> None:
        async with connection.transaction():
            await set_active(connection, (await _get(connection, sign_in_name)).id, is_active)

    try:
        on_database(change)
    except AccessError as error:
        refuse(str(error))


async def _get(connection: "Connection", sign_in_name: str) -> "User":
    from crm_core.access.users import find_user_by_name

    found = await find_user_by_name(connection, sign_in_name)
    return found if found is not None else _unknown(sign_in_name)


def _unknown(sign_in_name: str) -> NoReturn:
    refuse(f"nobody signs in as {sign_in_name}: `paceline user list` shows who does")


def _show_link(token: str) -> None:
    from app.web_settings import read_web_settings

    settings = read_web_settings()
    typer.echo("Works once, for two days:")
    typer.echo(f"{settings.address(settings.port)}/set-up/{token}")
