"""Hashes of answers: Argon2id (RFC 9106), in a thread, two at a time.

Each takes a quarter of a second and 19 MiB: more at once would be felt by everybody,
and whoever wants that needs to ask for many.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from portal.keys.pepper import Pepper, Purpose

_AT_ONCE = 2
_KIB, _TURNS, _LANES = 19_456, 2, 1


class AnswerHashes:
    """Makes and compares them; without the pepper nobody guesses at a database."""

    def __init__(self, pepper: Pepper) -> None:
        self._pepper = pepper
        self._hasher = PasswordHasher(
            time_cost=_TURNS, memory_cost=_KIB, parallelism=_LANES
        )
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def hashed(self, answer: str) -> str:
        """Hash an answer, as it is compared."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, self._keyed(answer))

    async def matches(self, hashed: str, answer: str) -> bool:
        """Say whether an answer has a hash."""
        async with self._turns:
            return await asyncio.to_thread(self._matches, hashed, answer)

    def _matches(self, hashed: str, answer: str) -> bool:
        try:
            return self._hasher.verify(hashed, self._keyed(answer))
        except (Argon2Error, InvalidHashError):
            return False

    def _keyed(self, answer: str) -> str:
        return self._pepper.digest(Purpose.ANSWER, answer)
