"""`python -m shared.db` brings the database that POSTGRES_URL names to the newest schema."""

from shared.config import DatabaseSettings
from shared.db.migrate import migrate

if __name__ == "__main__":
    migrate(str(DatabaseSettings().postgres_url))
