"""Place search: who is asking a provider right now, and searches in the background."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE place_flights (
        key text PRIMARY KEY,
        holder uuid NOT NULL,
        until timestamptz NOT NULL,
        failed boolean NOT NULL DEFAULT false
    )
    """,
    "CREATE INDEX place_flights_by_end ON place_flights (until)",
    """
    CREATE TABLE place_searches (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        query jsonb NOT NULL,
        found jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz
    )
    """,
    "CREATE INDEX place_searches_by_age ON place_searches (created_at)",
    "CREATE INDEX place_searches_by_owner ON place_searches (owner_id)",
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
