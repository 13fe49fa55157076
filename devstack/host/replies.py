"""The answers that the host gives itself."""

from collections.abc import Iterable

import orjson

from devstack.host.calls import Answer


def text_reply(status: int, text: str) -> Answer:
    """A plain text answer."""
    body = text.encode()
    return Answer(status, [("content-type", "text/plain; charset=utf-8")], body, len(body))


def json_reply(status: int, document: object) -> Answer:
    """A JSON answer."""
    body = orjson.dumps(document)
    return Answer(status, [("content-type", "application/json")], body, len(body))


def problem(status: int, title: str, detail: str, extra: Iterable[tuple[str, str]] = ()) -> Answer:
    """A problem document (RFC 9457)."""
    body = orjson.dumps({"title": title, "status": status, "detail": detail})
    return Answer(status, [("content-type", "application/problem+json"), *extra], body, len(body))
