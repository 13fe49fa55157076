"""Calls and their results in the terms of Microsoft's worker library, where every value is a Datum."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from azure_functions_runtime.bindings.datumdef import Datum

from devstack.host.calls import Value


def trigger_value(kind: str, facts: Mapping[str, Any], body: bytes) -> Datum:
    """The value of a call's trigger; see `Call` for the kinds."""
    if kind == "http":
        return _request(facts, body)
    if kind == "batch":
        return Datum(SimpleNamespace(bytes=list(_split(body, facts["lengths"]))), "collection_bytes")
    return Datum(body if kind == "bytes" else body.decode(), kind)


def trigger_metadata(metadata: Mapping[str, Iterable[str]]) -> dict[str, Datum]:
    """The metadata beside a trigger's value."""
    return {name: Datum(value, kind) for name, (kind, value) in metadata.items()}


def answer_head(result: Datum | None) -> tuple[int, list[tuple[str, str]], bytes]:
    """A return value as an HTTP answer: none is 204, a string is 200."""
    if result is None or result.type is None:
        return 204, [], b""
    if result.type != "http":
        return 200, [("content-type", "text/plain; charset=utf-8")], encode(result).content
    fields = result.value
    headers = [(name.lower(), value.value) for name, value in fields["headers"].items()]
    for jar in fields.get("cookies") or ():
        headers += [("set-cookie", morsel.OutputString()) for morsel in jar.values()]
    kept = [pair for pair in headers if pair[0] != "content-length"]
    return int(fields["status_code"].value), kept, fields["body"].value or b""


def encode(datum: Datum) -> Value:
    """A value that leaves the worker through an output binding."""
    if datum.type == "bytes":
        return Value("bytes", datum.value)
    return Value("json" if datum.type == "json" else "string", str(datum.value).encode())


def _request(facts: Mapping[str, Any], body: bytes) -> Datum:
    fields: dict[str, object] = {name: _strings(facts[name]) for name in ("headers", "query", "params")}
    fields["method"] = Datum(facts["method"], "string")
    fields["url"] = Datum(facts["url"], "string")
    fields["body"] = Datum(body, "bytes")
    return Datum(fields, "http")


def _strings(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}


def _split(body: bytes, lengths: Iterable[int]) -> Iterable[bytes]:
    start = 0
    for length in lengths:
        yield body[start : start + length]
        start += length
