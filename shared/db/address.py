"""Where PostgreSQL is, as a libpq URL."""

from urllib.parse import quote, urlencode

import certifi

from shared.config import DatabaseSettings

TOKEN_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"  # noqa: S105 - names a resource


def by_identity(settings: DatabaseSettings) -> bool:
    """Whether a token is the password, and the URL has none."""
    return settings.postgres_url is None


def url_of(settings: DatabaseSettings) -> str:
    """A postgresql:// URL; where a token is sent, TLS is required and the server's name verified."""
    if settings.postgres_url is not None:
        return str(settings.postgres_url)
    user, database = quote(settings.postgres_user or "", safe=""), quote(settings.postgres_database, safe="")
    tls = urlencode({"sslmode": "verify-full", "sslrootcert": str(settings.ssl_cert_file or certifi.where())})
    return f"postgresql://{user}@{settings.postgres_host}:{settings.postgres_port}/{database}?{tls}"
