"""Password hashes: argon2id with OWASP's parameters, off the event loop and few at a time.

19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet): about six times the rate of the library's
defaults, so that a burst of sign-ins does not starve the process.
"""

import asyncio
from functools import cached_property

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2


class Passwords:
    """Hashes and verifies in threads; verifying against no hash costs the same as against a real one."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._gate:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password belongs to the stored hash; always False, as slowly, when there is none."""
        async with self._gate:
            return await asyncio.to_thread(self._matches, password, stored)

    def _matches(self, password: str, stored: str | None) -> bool:
        try:
            return self._hasher.verify(stored or self._decoy, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("a password nobody has")
