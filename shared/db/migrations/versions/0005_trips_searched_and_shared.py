"""Names of trips and stops as they are searched, the zone of each stop, and who shares a trip."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    # Without case, marks and compatibility forms: "munchen" finds MÜNCHEN; a Hangul syllable stays whole.
    """
    CREATE FUNCTION folded(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(normalize(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g'), NFC))
    """,
    "ALTER TABLE trips ADD COLUMN folded_name text GENERATED ALWAYS AS (folded(name)) STORED",
    "ALTER TABLE trip_destinations ADD COLUMN folded_name text GENERATED ALWAYS AS (folded(name)) STORED",
    # A zone PostgreSQL does not know would fail each later read: it is refused here.
    """
    ALTER TABLE trip_destinations ADD COLUMN zone text
        CHECK (timezone(zone, 'epoch'::timestamptz) IS NOT NULL OR zone IS NULL)
    """,
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
