"""`python -m shared.db` brings the database that POSTGRES_URL or POSTGRES_HOST names to the newest schema."""

import asyncio
import sys

from shared.config import DatabaseSettings
from shared.db.address import TOKEN_SCOPE, by_identity, url_of
from shared.db.migrate import migrate
from shared.errors import Transient
from shared.identity import Identity


def main() -> int:
    """0 when the schema is the newest, 1 when no token could be had."""
    settings = DatabaseSettings()
    try:
        password = asyncio.run(_token(settings)) if by_identity(settings) else None
    except Transient as error:
        sys.stderr.write(f"{error}\n")
        return 1
    migrate(url_of(settings), password=password)
    return 0


async def _token(settings: DatabaseSettings) -> str:
    identity = Identity(settings)
    try:
        return (await identity.token(TOKEN_SCOPE)).token
    finally:
        await identity.close()


if __name__ == "__main__":
    sys.exit(main())
