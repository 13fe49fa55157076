"""Sessions with rotating refresh tokens, avatars, the audit log, and revisions of accounts."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "ALTER TABLE users ADD COLUMN revision int NOT NULL DEFAULT 1",
    """
    CREATE TABLE avatars (
        user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        image bytea NOT NULL,
        digest text NOT NULL
    )
    """,
    """
    CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        remember boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX sessions_by_user ON sessions (user_id, created_at)",
    # Every token of a live session, the used ones too: one that comes a second time ends the session.
    """
    CREATE TABLE refresh_tokens (
        digest bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
        made_at timestamptz NOT NULL DEFAULT now(),
        used_at timestamptz
    )
    """,
    "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id, made_at)",
    # Outlives session and user: their access tokens are good for some minutes more.
    """
    CREATE TABLE ended_sessions (
        id uuid PRIMARY KEY,
        ended_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at)",
    """
    CREATE TABLE audit_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        action text NOT NULL,
        actor_id uuid,
        subject_id uuid,
        facts jsonb NOT NULL DEFAULT '{}'
    )
    """,
    "CREATE INDEX audit_log_by_actor ON audit_log (actor_id, id)",
    "CREATE INDEX audit_log_by_subject ON audit_log (subject_id, id)",
    """
    CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'The audit log is append-only.'; END $$
    """,
    """
    CREATE TRIGGER audit_log_keeps_its_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()
    """,
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
