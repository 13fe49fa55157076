"""The published description of the HTTP API: OpenAPI 3.1, made of the models that validate."""

from functools import cache
from pathlib import Path

from shared.http.openapi.document import Route, document

PUBLISHED = Path(__file__).with_name("openapi.json")

__all__ = ["PUBLISHED", "Route", "document", "published"]


@cache
def published() -> str:
    """The document as it was generated and checked in."""
    return PUBLISHED.read_text(encoding="utf-8")
