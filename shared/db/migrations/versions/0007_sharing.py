"""Who shares a trip, and the invitations to."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    CREATE TABLE trip_people (
        trip_id uuid NOT NULL REFERENCES trips ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        role text NOT NULL CHECK (role IN ('editor', 'viewer')),
        name text NOT NULL,
        joined_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (trip_id, user_id)
    )
    """,
    "CREATE INDEX people_by_user ON trip_people (user_id, trip_id)",
    """
    CREATE TABLE trip_invitations (
        id uuid PRIMARY KEY,
        trip_id uuid NOT NULL REFERENCES trips ON DELETE CASCADE,
        role text NOT NULL CHECK (role IN ('editor', 'viewer')),
        digest bytea NOT NULL UNIQUE,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX invitations_by_trip ON trip_invitations (trip_id, expires_at)",
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
