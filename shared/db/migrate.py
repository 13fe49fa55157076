"""Bring a database to the newest schema; safe to run from several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

ONE_AT_A_TIME = 7_402_118  # any constant: the advisory lock all migrators share

SERVICES = "tripgen_services"
"""The group of those who come as identities; deploy/roles.sql makes it, a laptop does without."""
GRANTS = (
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SERVICES}",
    f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {SERVICES}",
)


def migrate(url: str, *, password: str | None = None) -> None:
    """Apply every migration that is missing. `url` is a postgresql:// URL; errors are SQLAlchemy's.

    `password` is the one to use when the URL has none.
    """
    secret = {} if password is None else {"password": password}
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), connect_args=secret)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _admit_services(connection)
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": ONE_AT_A_TIME})
        connection.commit()
    engine.dispose()


def _admit_services(connection: Connection) -> None:
    """Let the services use every table there is now; only who migrates may make one."""
    found = connection.execute(text("SELECT FROM pg_roles WHERE rolname = :name"), {"name": SERVICES})
    if found.first() is not None:
        for grant in GRANTS:
            connection.execute(text(grant))
    connection.commit()
