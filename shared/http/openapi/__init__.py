"""The published description of the HTTP API: OpenAPI 3.1, made of the models that validate."""

from functools import cache
from pathlib import Path

PUBLISHED = Path(__file__).with_name("openapi.json")

__all__ = ["PUBLISHED", "published"]


@cache
def published() -> str:
    """The document as it was generated and checked in."""
    return PUBLISHED.read_text(encoding="utf-8")
