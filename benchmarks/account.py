"""An account for benchmarks that run the product's steps themselves."""

import secrets
from uuid import UUID

from pydantic import SecretStr

from shared import users
from shared.auth import Passwords
from shared.db import Database


async def new_account(db: Database) -> UUID:
    """Somebody nobody else is; returns the id."""
    name = f"bench{secrets.token_hex(8)}"
    wanted = users.SignUp(
        username=name,
        email=f"{name}@example.org",
        name="A Traveller",
        password=SecretStr(f"{secrets.token_urlsafe(16)}-1a"),
    )
    return (await users.sign_up(wanted, passwords=Passwords(), db=db)).id
