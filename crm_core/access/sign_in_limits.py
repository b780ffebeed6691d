"""Limits on trying to sign in: by name and by address, counted where a restart forgets none.

An attempt is put on record before the password is looked at, under a lock for its name and one for its
address: tries that come at the same time cannot all be the last one allowed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from crm_core.access.connection import Connection

WINDOW = timedelta(minutes=15)
BY_NAME_MAX = 10
BY_ADDRESS_MAX = 50
KEPT = timedelta(days=1)
IPV6_HOUSEHOLD_BITS = 64  # a customer is given a whole network of this size (RFC 6177)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that may be made."""

    id: int


def address_key(address: str) -> str:
    """What counts as one address: of IPv6 the network that one customer has.

    >>> address_key("2001:db8::5"), address_key("203.0.113.7"), address_key("?")
    ('2001:db8::/64', '203.0.113.7', '?')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    shift = 128 - IPV6_HOUSEHOLD_BITS
    return f"{IPv6Address(int(parsed) >> shift << shift)}/{IPV6_HOUSEHOLD_BITS}"


def name_key(sign_in_name: str) -> bytes:
    """What is kept of a name that was tried: people type their passwords there too."""
    return hashlib.sha256(sign_in_name.strip().lower().encode("utf-8", "surrogatepass")).digest()


async def begin_attempt(
    connection: Connection, sign_in_name: str, address: str, now: datetime
) -> Attempt | None:
    """Put an attempt on record as failed; None: too many have failed, and this one may not be made."""
    name, place = name_key(sign_in_name), address_key(address)
    for key in sorted((_lock_key(name), _lock_key(place.encode()))):
        await connection.execute("select pg_advisory_xact_lock($1)", key)
    await connection.execute("delete from crm.sign_in_attempts where at < $1", now - KEPT)
    by_name, by_address = await connection.fetchrow(
        """select
            (select count(*) from crm.sign_in_attempts where name_hash = $1 and at > $3 and not succeeded),
            (select count(*) from crm.sign_in_attempts where address = $2 and at > $3 and not succeeded)""",
        name,
        place,
        now - WINDOW,
    ) or (0, 0)
    if by_name >= BY_NAME_MAX or by_address >= BY_ADDRESS_MAX:
        return None
    made = await connection.fetchval(
        "insert into crm.sign_in_attempts (name_hash, address, at) values ($1, $2, $3) returning id",
        name,
        place,
        now,
    )
    return Attempt(id=made)


async def take_as_succeeded(connection: Connection, attempt: Attempt) -> None:
    """The attempt was a right one: it no longer counts, and neither do those before it with this name."""
    await connection.execute(
        """update crm.sign_in_attempts set succeeded = true
        where name_hash = (select name_hash from crm.sign_in_attempts where id = $1) and id <= $1""",
        attempt.id,
    )


def _lock_key(key: bytes) -> int:
    return int.from_bytes(hashlib.sha256(key).digest()[:8], signed=True)
