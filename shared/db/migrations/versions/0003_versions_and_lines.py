"""Versions that jobs, edits and restores make; documents owed to the sweep; lines, quotas and step times."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    ALTER TABLE schedule_jobs
        ADD day int CHECK (day >= 1),
        ADD base_document uuid,
        ADD days int NOT NULL DEFAULT 1,
        ADD waiting boolean NOT NULL DEFAULT false,
        ADD started_at timestamptz NOT NULL DEFAULT now(),
        ADD state_since timestamptz NOT NULL DEFAULT now()
    """,
    "CREATE INDEX jobs_by_trip ON schedule_jobs (trip_id, created_at DESC)",
    """
    CREATE INDEX running_jobs_by_owner ON schedule_jobs (owner_id, id)
        WHERE state NOT IN ('completed', 'failed', 'cancelled')
    """,
    "CREATE INDEX jobs_in_line ON schedule_jobs (owner_id) WHERE waiting",
    "DROP INDEX completed_jobs_by_end",
    "ALTER TABLE schedule_versions ADD document_id uuid",
    "UPDATE schedule_versions SET document_id = job_id",
    """
    ALTER TABLE schedule_versions
        ALTER document_id SET NOT NULL,
        ALTER job_id DROP NOT NULL,
        ADD UNIQUE (document_id),
        ADD origin text NOT NULL DEFAULT 'plan' CHECK (origin IN ('plan', 'day', 'edit', 'restore')),
        ADD based_on int,
        ADD day int,
        ADD note text
    """,
    # No reference to trips: a leftover outlives the trip whose document it is.
    """
    CREATE TABLE schedule_leftovers (
        document_id uuid PRIMARY KEY,
        trip_id uuid NOT NULL,
        due_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX leftovers_by_age ON schedule_leftovers (due_at)",
    # A trigger, because rows also go by cascade: with their trip, with their owner.
    """
    CREATE FUNCTION owe_schedule_document() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO schedule_leftovers (document_id, trip_id, due_at)
            VALUES (OLD.document_id, OLD.trip_id, now() + interval '10 minutes')
            ON CONFLICT (document_id) DO UPDATE SET due_at = excluded.due_at;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER version_gone AFTER DELETE ON schedule_versions
        FOR EACH ROW EXECUTE FUNCTION owe_schedule_document()
    """,
    """
    CREATE TABLE schedule_step_times (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('trip', 'day')),
        length int NOT NULL,
        step text NOT NULL,
        seconds real NOT NULL
    )
    """,
    "CREATE INDEX step_times_by_kind ON schedule_step_times (kind, length, step, id DESC)",
    """
    CREATE TABLE schedule_job_starts (
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX job_starts_by_owner ON schedule_job_starts (owner_id, at)",
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
