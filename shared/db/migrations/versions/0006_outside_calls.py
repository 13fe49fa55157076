"""What a schedule job asks of outside services, and its list price."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.execute(
        "ALTER TABLE schedule_jobs ADD COLUMN outside_calls jsonb NOT NULL DEFAULT '{}',"
        " ADD COLUMN outside_cost_usd numeric(12, 6) NOT NULL DEFAULT 0"
    )
