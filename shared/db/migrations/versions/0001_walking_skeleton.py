"""Users, trips, schedule jobs, the outbox and idempotency keys."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE users (
        id uuid PRIMARY KEY,
        username text NOT NULL,
        username_key text NOT NULL UNIQUE,
        email text NOT NULL,
        email_key text NOT NULL UNIQUE,
        name text NOT NULL,
        phone text,
        password_hash text NOT NULL,
        failed_sign_ins int NOT NULL DEFAULT 0,
        locked_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE trips (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        transport text NOT NULL CHECK (transport IN ('public', 'car')),
        start_date date NOT NULL,
        arrival_time time,
        departure_time time,
        revision int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX trips_by_owner ON trips (owner_id, created_at DESC, id DESC)",
    """
    CREATE TABLE trip_members (
        id uuid PRIMARY KEY,
        trip_id uuid NOT NULL REFERENCES trips ON DELETE CASCADE,
        position int NOT NULL,
        name text NOT NULL,
        age int NOT NULL CHECK (age BETWEEN 0 AND 120),
        gender text,
        health text NOT NULL CHECK (health IN ('excellent', 'good', 'caution', 'limited')),
        preferences text[] NOT NULL
    )
    """,
    "CREATE INDEX members_by_trip ON trip_members (trip_id, position)",
    """
    CREATE TABLE trip_destinations (
        id uuid PRIMARY KEY,
        trip_id uuid NOT NULL REFERENCES trips ON DELETE CASCADE,
        position int NOT NULL,
        name text NOT NULL,
        nights int NOT NULL CHECK (nights BETWEEN 0 AND 30),
        lodging jsonb,
        check_in time,
        check_out time
    )
    """,
    "CREATE INDEX destinations_by_trip ON trip_destinations (trip_id, position)",
    """
    CREATE TABLE schedule_jobs (
        id uuid PRIMARY KEY,
        trip_id uuid NOT NULL REFERENCES trips ON DELETE CASCADE,
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('queued', 'gathering', 'planning', 'drafted', 'refining',
                                             'completed', 'failed', 'cancelled')),
        request jsonb NOT NULL,
        seed bigint NOT NULL,
        route jsonb,
        version int,
        percent int NOT NULL DEFAULT 0,
        reason text,
        attempts int NOT NULL DEFAULT 0,
        lease_holder uuid,
        lease_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz
    )
    """,
    """
    CREATE UNIQUE INDEX one_running_job_per_trip ON schedule_jobs (trip_id)
        WHERE state NOT IN ('completed', 'failed', 'cancelled')
    """,
    """
    CREATE INDEX running_jobs_by_age ON schedule_jobs (updated_at)
        WHERE state NOT IN ('completed', 'failed', 'cancelled')
    """,
    """
    CREATE INDEX completed_jobs_by_end ON schedule_jobs (ended_at DESC) WHERE state = 'completed'
    """,
    """
    CREATE TABLE schedule_job_events (
        job_id uuid NOT NULL REFERENCES schedule_jobs ON DELETE CASCADE,
        number int NOT NULL,
        state text NOT NULL,
        percent int NOT NULL,
        message text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (job_id, number)
    )
    """,
    """
    CREATE TABLE schedule_job_searches (
        job_id uuid NOT NULL REFERENCES schedule_jobs ON DELETE CASCADE,
        region text NOT NULL,
        category text NOT NULL,
        outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'found')),
        PRIMARY KEY (job_id, region, category)
    )
    """,
    """
    CREATE TABLE schedule_versions (
        trip_id uuid NOT NULL REFERENCES trips ON DELETE CASCADE,
        version int NOT NULL,
        job_id uuid NOT NULL REFERENCES schedule_jobs ON DELETE CASCADE,
        status text NOT NULL CHECK (status IN ('draft', 'final')),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (trip_id, version),
        UNIQUE (job_id)
    )
    """,
    """
    CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        queue text NOT NULL,
        body text NOT NULL,
        properties jsonb NOT NULL,
        posted_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE idempotency_keys (
        owner_id uuid NOT NULL,
        key text NOT NULL,
        digest text NOT NULL,
        answer jsonb,
        made_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (owner_id, key)
    )
    """,
    "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (made_at)",
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
