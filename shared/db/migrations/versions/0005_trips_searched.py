"""Names of trips and stops as they are searched, and the zone of each stop."""

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
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
