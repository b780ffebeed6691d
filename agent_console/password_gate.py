"""Passwords are hashed in threads, few at a time: a hash takes 64 MiB and a tenth of a second."""

import asyncio

from crm_core.access.passwords import Passwords

HASHES_AT_ONCE_MAX = 2
WAITING_MAX = 32


class GateCrowded(Exception):
    """More people wait for their password to be looked at than can be served."""


class PasswordGate:
    """Lets a few hashes be made at a time, and refuses when too many wait."""

    def __init__(self, passwords: Passwords) -> None:
        """Take what hashes."""
        self._passwords = passwords
        self._places = asyncio.Semaphore(HASHES_AT_ONCE_MAX)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """What is kept of a password.

        Raises:
            GateCrowded: too many wait.
        """
        async with _Place(self):
            return await asyncio.to_thread(self._passwords.hash, password)

    async def is_right(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; takes as long where there is none.

        Raises:
            GateCrowded: too many wait.
        """
        async with _Place(self):
            return await asyncio.to_thread(self._passwords.is_right, password, kept)

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other costs."""
        return self._passwords.is_outdated(kept)

    async def enter(self) -> None:
        """Wait for a place."""
        if self._waiting >= WAITING_MAX:
            raise GateCrowded
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()


class _Place:
    def __init__(self, gate: PasswordGate) -> None:
        self._gate = gate

    async def __aenter__(self) -> None:
        await self._gate.enter()

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave()
