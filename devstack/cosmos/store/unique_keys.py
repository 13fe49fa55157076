"""Unique keys: for each item the digests of its values at the key's paths, found by index."""

import sqlite3
from collections.abc import Iterator
from hashlib import blake2b

import orjson

from devstack.cosmos.errors import conflict
from devstack.cosmos.store.container import Container, Path
from devstack.cosmos.store.rules import value_at
from devstack.cosmos.store.schema import LIVE, SCHEMA_VERSION, transaction
from devstack.cosmos.values import Document, Json, Undefined, Value

_RIVAL = f"""SELECT 1 FROM unique_values JOIN items USING (container, seq)
    WHERE container = :container AND unique_values.partition = :partition AND ordinal = :ordinal
    AND digest = :digest AND seq != :seq AND {LIVE}"""  # noqa: S608
_FORGET = "DELETE FROM unique_values WHERE container = ? AND seq = ?"
_REMEMBER = """INSERT INTO unique_values (container, seq, partition, ordinal, digest)
    VALUES (:container, :seq, :partition, :ordinal, :digest)"""


def check_unique(
    connection: sqlite3.Connection, container: Container, document: Document, scope: dict[str, object]
) -> None:
    """409 if another live item has one of the document's keys.

    `scope` has the `partition`, the item's own `seq`, and what `LIVE` asks for.
    """
    for key in _keys(container, document):
        if connection.execute(_RIVAL, {**scope, **key}).fetchone() is not None:
            raise conflict("Unique index constraint violation: another item of the partition has this key.")


def remember_unique(
    connection: sqlite3.Connection, container: Container, document: Document, *, partition: str, seq: int
) -> None:
    """Note the keys of an item that has just been written."""
    if not container.unique_keys:
        return
    connection.execute(_FORGET, (container.rid, seq))
    rows = ({**key, "partition": partition, "seq": seq} for key in _keys(container, document))
    connection.executemany(_REMEMBER, rows)


def upgrade(connection: sqlite3.Connection) -> None:
    """Note the keys of the items that an earlier version of the emulator has stored."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
        return
    with transaction(connection):
        rows = connection.execute("SELECT rid, database, id, definition FROM containers").fetchall()
        for rid, database, name, definition in rows:
            _upgrade_container(connection, Container(rid, database, name, orjson.loads(definition)))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _upgrade_container(connection: sqlite3.Connection, container: Container) -> None:
    query = "SELECT seq, partition, body FROM items WHERE container = ?"
    for seq, partition, body in connection.execute(query, (container.rid,)).fetchall():
        remember_unique(connection, container, orjson.loads(body), partition=partition, seq=seq)


def _keys(container: Container, document: Document) -> Iterator[dict[str, object]]:
    for ordinal, paths in enumerate(container.unique_keys):
        yield {"container": container.rid, "ordinal": ordinal, "digest": _digest(document, paths)}


def _digest(document: Document, paths: tuple[Path, ...]) -> bytes:
    values = [_wrapped(value_at(document, path)) for path in paths]
    return blake2b(orjson.dumps(values, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def _wrapped(value: Value) -> list[Json]:
    """Absent values are a value of their own: only one item may lack the key."""
    return [] if isinstance(value, Undefined) else [_canonical(value)]


def _canonical(value: Json) -> Json:
    match value:
        case bool() | str() | None:
            return value
        case int() | float():
            return float(value) + 0.0  # 1 is 1.0, -0.0 is 0.0
        case list():
            return [_canonical(member) for member in value]
        case dict():
            return {name: _canonical(member) for name, member in value.items()}
