"""What a request holds that no log line and no span may repeat."""

from collections.abc import Iterator

import azure.functions as func
import orjson

from shared.telemetry import is_private


def private_values(req: func.HttpRequest) -> frozenset[str]:
    """The values of private fields in body and query, and the token; nothing of a body that is not JSON."""
    token = str(req.headers.get("Authorization", "")).rpartition(" ")[2]
    query = (value for name, value in req.params.items() if is_private(name))
    return frozenset(value for value in (token, *query, *_of_body(req.get_body())) if value)


def _of_body(body: bytes) -> Iterator[str]:
    try:
        document = orjson.loads(body)
    except ValueError:
        return
    yield from _leaves(document, private=False)


def _leaves(part: object, *, private: bool) -> Iterator[str]:
    """Texts and fractions in private fields, however deep; whole numbers say little and stand everywhere."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _leaves(value, private=private or is_private(name))
    elif isinstance(part, list):
        for value in part:
            yield from _leaves(value, private=private)
    elif private and isinstance(part, str | float):
        yield str(part)
