"""The gate before the hashes."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from agent_console.password_gate import HASHES_AT_ONCE_MAX, WAITING_MAX, GateCrowded, PasswordGate
from crm_core.access.passwords import Passwords


class SlowPasswords(Passwords):
    """Passwords whose hashing waits for the test, and counts who is in at once."""

    def __init__(self) -> None:
        """Nobody is in."""
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.may_go = threading.Event()
        self.inside = threading.Semaphore(HASHES_AT_ONCE_MAX)
        self.had_room = True

    def hash(self, password: str) -> str:
        """Wait inside; more than may be there at once find no room."""
        self.had_room &= self.inside.acquire(blocking=False)
        self.may_go.wait()
        self.inside.release()
        return password


async def test_crowd_at_the_gate_is_refused_and_the_rest_served_in_turn() -> None:
    """Few hash at a time, some wait, and more are told to come again."""
    passwords = SlowPasswords()
    gate = PasswordGate(passwords)
    places = HASHES_AT_ONCE_MAX + WAITING_MAX
    waiting = [asyncio.create_task(gate.hash(str(number))) for number in range(places)]
    await asyncio.wait(waiting, timeout=0)  # each has come to the gate
    one_too_many = asyncio.create_task(gate.hash("one too many"))
    await asyncio.wait([one_too_many], timeout=0)
    was_answered = one_too_many.done()
    passwords.may_go.set()
    with pytest.raises(GateCrowded):
        await one_too_many
    assert was_answered
    assert await asyncio.gather(*waiting) == [str(number) for number in range(places)]
    assert passwords.had_room
    assert await gate.hash("later") == "later"
