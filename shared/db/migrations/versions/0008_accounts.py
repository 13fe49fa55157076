"""Copies of accounts to take away, and the operators behind entries of the audit log."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    # `run` is the worker that gathers now; one that comes later takes its place.
    """
    CREATE TABLE account_exports (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        requested_at timestamptz NOT NULL DEFAULT now(),
        run uuid,
        ready_at timestamptz,
        failed_at timestamptz,
        reason text
    )
    """,
    "CREATE INDEX account_exports_by_user ON account_exports (user_id, requested_at DESC, id DESC)",
    "CREATE INDEX account_exports_by_age ON account_exports (requested_at)",
    """
    CREATE TABLE account_export_files (
        export_id uuid NOT NULL REFERENCES account_exports ON DELETE CASCADE,
        number int NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (export_id, number)
    )
    """,
    # A zip does not get smaller by being compressed again.
    "ALTER TABLE account_export_files ALTER content SET STORAGE EXTERNAL",
    # Object ids of another directory: never to be taken for a user of ours.
    "ALTER TABLE audit_log ADD COLUMN operator_id uuid",
    "CREATE INDEX audit_log_by_operator ON audit_log (operator_id, id) WHERE operator_id IS NOT NULL",
    "CREATE INDEX audit_log_by_action ON audit_log (action, id)",
)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    for statement in STATEMENTS:
        op.execute(statement)
