"""The second step of signing in: a code that changes every 30 seconds (TOTP, RFC 6238), or a recovery code.

RFC 6238, 5.2: "The verifier MUST NOT accept the second attempt of the OTP after the successful validation
has been issued for the first OTP", so the newest time step that was used is kept.
"""

import secrets
from datetime import datetime

import pyotp

from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import UserId
from crm_core.access.tokens import is_same_secret, token_hash

STEP_SECONDS = 30
STEPS_TOLERATED = 1  # a telephone's clock may be half a minute off either way
ISSUER = "Paceline"
RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no two that look alike
RECOVERY_LENGTH = 16  # 79 bits, so that SHA-256 alone keeps them


def new_secret() -> str:
    """A secret of 160 bits for an authenticator app, in base32 (RFC 4226: at least 128)."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, sign_in_name: str) -> str:
    """What the picture for the authenticator app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=sign_in_name, issuer_name=ISSUER)


def matching_step(secret: str, code: str, used_step: int, now: datetime) -> int | None:
    """The time step that a code belongs to, if it is right now and newer than the newest used; else None.

    >>> from datetime import UTC
    >>> matching_step("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082", 0, datetime.fromtimestamp(59, UTC))
    1
    """
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit()):
        return None
    one_time = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - STEPS_TOLERATED, current + STEPS_TOLERATED + 1):
        if step > used_step and is_same_secret(given, one_time.generate_otp(step)):
            return step
    return None


async def use_code(connection: Connection, user_id: UserId, code: str, now: datetime) -> bool:
    """Whether a code of either kind is right; it is used up then."""
    row = await connection.fetchrow(
        "select totp_secret, totp_used_step from crm.users where id = $1 and is_active for update", user_id
    )
    if row is None or row["totp_secret"] is None:
        return False
    step = matching_step(row["totp_secret"], code, row["totp_used_step"], now)
    if step is not None:
        await connection.execute("update crm.users set totp_used_step = $2 where id = $1", user_id, step)
        return True
    used = await connection.fetchval(
        "delete from crm.recovery_codes where user_id = $1 and code_hash = $2 returning true",
        user_id,
        token_hash(_plain(code)),
    )
    return used is True


async def turn_on(
    connection: Connection, user_id: UserId, secret: str, code: str, now: datetime
) -> list[str] | None:
    """Ask for a code from now on, if the one given shows that the app has the secret.

    Gives the recovery codes, which are shown once; None: the code is wrong.
    """
    step = matching_step(secret, code, 0, now)
    if step is None:
        return None
    await connection.execute(
        "update crm.users set totp_secret = $2, totp_used_step = $3 where id = $1", user_id, secret, step
    )
    await connection.execute("delete from crm.recovery_codes where user_id = $1", user_id)
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    await connection.executemany(
        "insert into crm.recovery_codes (user_id, code_hash) values ($1, $2)",
        [(user_id, token_hash(_plain(made))) for made in codes],
    )
    return codes


async def turn_off(connection: Connection, user_id: UserId) -> None:
    """Ask for the password only from now on."""
    await connection.execute("update crm.users set totp_secret = null where id = $1", user_id)
    await connection.execute("delete from crm.recovery_codes where user_id = $1", user_id)


async def recovery_codes_left(connection: Connection, user_id: UserId) -> int:
    """How many recovery codes a user still has."""
    count = await connection.fetchval("select count(*) from crm.recovery_codes where user_id = $1", user_id)
    return int(count)


def _new_recovery_code() -> str:
    letters = [secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, RECOVERY_LENGTH, 4))


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())
