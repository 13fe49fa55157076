"""One account in real stores, and attempts to get in."""

from collections.abc import Awaitable, Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from shared import users
from shared.auth import Passwords, Tokens
from shared.cache import Cache
from shared.db import Database, new_id
from shared.errors import Unauthenticated
from shared.users import EndedSessions, Profile, RefreshRequest, Session, SignIn
from tests.integration.travellers import PHRASE, wanted

WRONG = "wrong-horse-7"


class Recorder(Passwords):
    """Verifies like any other, and remembers how often."""

    def __init__(self) -> None:
        super().__init__()
        self.verified = 0

    async def verify(self, password: str, stored: str | None) -> bool:
        self.verified += 1
        return await super().verify(password, stored)


class Slow(Passwords):
    """Something happens while it verifies."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    async def verify(self, password: str, stored: str | None) -> bool:
        await self._meanwhile()
        return await super().verify(password, stored)


class Door:
    """One account, and attempts to sign in to it."""

    def __init__(self, db: Database, cache: Cache) -> None:
        self.db, self.cache = db, cache
        self.ended = EndedSessions(db)
        key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.tokens = Tokens({"k": key.decode()}, active="k", ended=self.ended)
        self.passwords = Recorder()
        self.verifier: Passwords = self.passwords
        self.wanted = wanted()
        self.address = new_id().hex

    async def open(self) -> Profile:
        return await users.sign_up(self.wanted, passwords=self.passwords, db=self.db)

    async def attempt(
        self, phrase: str = PHRASE, *, login: str | None = None, remember: bool = False
    ) -> Session:
        return await users.sign_in(
            SignIn(login=login or self.wanted.username, password=SecretStr(phrase), remember=remember),
            address=self.address,
            passwords=self.verifier,
            tokens=self.tokens,
            db=self.db,
            cache=self.cache,
        )

    async def refresh(self, refresh_token: str) -> Session:
        return await users.sessions.refresh(
            RefreshRequest(refresh_token=SecretStr(refresh_token)),
            tokens=self.tokens,
            ended=self.ended,
            db=self.db,
        )

    async def refused(self, phrase: str = WRONG, *, login: str | None = None) -> str:
        with pytest.raises(Unauthenticated) as refusal:
            await self.attempt(phrase, login=login)
        return refusal.value.detail

    async def fail(self, times: int) -> None:
        for _ in range(times):
            await self.refused()

    def opens(self, session: Session) -> bool:
        """Whether the session's access token is let in."""
        try:
            self.tokens.verify(session.access_token)
        except Unauthenticated:
            return False
        return True

    async def execute(self, statement: str, *values: object) -> list[dict[str, object]]:
        """Run a statement on the door's own account; `%s` are the values."""
        async with self.db.transaction() as tx:
            cursor = await tx.execute(statement, values)
            return list(await cursor.fetchall()) if cursor.description else []

    async def let_lock_age(self, minutes: int) -> None:
        await self.execute(
            "UPDATE users SET locked_until = locked_until - %s * interval '1 minute' WHERE username = %s",
            minutes,
            self.wanted.username,
        )
