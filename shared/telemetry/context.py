"""What is known about the work at hand: fields that every log line carries, values that none may."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

_fields: ContextVar[dict[str, object] | None] = ContextVar("log_fields", default=None)
_private: ContextVar[Callable[[], frozenset[str]] | None] = ContextVar("private_values", default=None)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Add fields to every log line inside the block."""
    token = _fields.set({**(_fields.get() or {}), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


@contextmanager
def hiding(values: Callable[[], frozenset[str]]) -> Iterator[None]:
    """Keep values out of every log line and span inside the block; they are asked for once, when needed."""
    token = _private.set(cache(values))
    try:
        yield
    finally:
        _private.reset(token)


def fields() -> dict[str, object]:
    """The fields that are bound here."""
    return _fields.get() or {}


def private() -> frozenset[str]:
    """The values that are hidden here."""
    values = _private.get()
    return values() if values else frozenset()
