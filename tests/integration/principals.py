"""What Entra's part in PostgreSQL and Redis does in the cloud, done here by tests.

Neither knows tokens of its own: each token that is issued becomes a password of the principal's role or user.
"""

from collections.abc import Callable

import psycopg
import redis
from psycopg import sql

from tests.integration.issuer import PRINCIPAL, Issued

ROLE = "id-tripgen-test-trip"
POSTGRES, REDIS = "https://ossrdbms-aad.database.windows.net", "https://redis.azure.com"

type Learn = Callable[[Issued], None]


def make_role(url: str) -> None:
    """The principal's role, with no password yet, that may read and write every table."""
    role = sql.Identifier(ROLE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN IN ROLE pg_read_all_data, pg_write_all_data").format(role)
        )


def postgres_learns(url: str, *, role: str = ROLE) -> Learn:
    """PostgreSQL takes the newest token."""

    def learn(issued: Issued) -> None:
        if issued.resource == POSTGRES:
            change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), issued.token)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(change)

    return learn


def postgres_forgets(url: str) -> None:
    """PostgreSQL takes no token that was issued so far."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD NULL").format(sql.Identifier(ROLE)))


def redis_learns(url: str) -> Learn:
    """Redis takes the newest token beside those before."""

    def learn(issued: Issued) -> None:
        if issued.resource == REDIS:
            rights = ("on", f">{issued.token}", "~*", "&*", "+@all")
            with redis.Redis.from_url(url) as connection:
                connection.execute_command("ACL", "SETUSER", PRINCIPAL, *rights)

    return learn


def redis_forgets(url: str) -> None:
    """Redis takes no token that was issued so far, and drops who came with one: they have expired."""
    with redis.Redis.from_url(url) as connection:
        connection.execute_command("ACL", "SETUSER", PRINCIPAL, "resetpass")
        connection.execute_command("CLIENT", "KILL", "USER", PRINCIPAL)
