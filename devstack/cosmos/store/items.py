"""Items: point reads and writes under ETags, time to live and unique keys."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import orjson

from devstack.cosmos.errors import bad_request, conflict, not_found, stale
from devstack.cosmos.store.container import Container, rid_text
from devstack.cosmos.store.rules import (
    SYSTEM_PROPERTIES,
    check_id,
    check_nesting,
    check_size,
    check_ttl,
    partition_of,
)
from devstack.cosmos.store.schema import LIVE, transaction
from devstack.cosmos.store.unique_keys import check_unique, remember_unique
from devstack.cosmos.values import Document

_COLUMNS = "seq, partition, id, etag, lsn, body"
_READ = f"""SELECT {_COLUMNS} FROM items
    WHERE container = :container AND partition = :partition AND id = :id AND {LIVE}"""  # noqa: S608
_SCAN = f"""SELECT {_COLUMNS} FROM items
    WHERE container = :container AND seq > :after AND {LIVE} ORDER BY seq"""  # noqa: S608
_SCAN_PARTITION = f"""SELECT {_COLUMNS} FROM items
    WHERE container = :container AND partition = :partition AND seq > :after AND {LIVE}
    ORDER BY seq"""  # noqa: S608
_CHANGES = f"""SELECT {_COLUMNS} FROM items
    WHERE container = :container AND lsn > :after AND written_at >= :since AND {LIVE}
    ORDER BY lsn"""  # noqa: S608
_WRITE = """INSERT INTO items (container, seq, partition, id, etag, lsn, written_at, ttl, body)
    VALUES (:container, :seq, :partition, :id, :etag, :lsn, :now, :ttl, :body)
    ON CONFLICT (container, partition, id) DO UPDATE SET seq = excluded.seq, etag = excluded.etag,
        lsn = excluded.lsn, written_at = excluded.written_at, ttl = excluded.ttl, body = excluded.body"""


@dataclass(frozen=True, slots=True)
class Item:
    """A stored item: `body` is its JSON with the system properties."""

    seq: int
    partition: str
    id: str
    etag: str
    lsn: int
    body: bytes

    def document(self) -> Document:
        """The parsed body."""
        document: Document = orjson.loads(self.body)
        return document


@dataclass(frozen=True, slots=True)
class Items:
    """The items of all containers; `clock` gives seconds since 1970 and decides what has expired."""

    connection: sqlite3.Connection
    clock: Callable[[], float]

    def read(self, container: Container, partition: str, name: str) -> Item:
        """The item, or 404 if it does not exist or has expired."""
        item = self._find(container, partition, name)
        if item is None:
            raise not_found(f"Entity with the specified id {name!r}")
        return item

    def create(self, container: Container, partition: str, document: Document) -> Item:
        """A new item; 409 if the id or a unique key is taken."""
        name = check_id(document.get("id"))
        if self._find(container, partition, name) is not None:
            raise conflict(f"Entity with the specified id {name!r} already exists.")
        return self._write(container, partition, document, old=None)

    def upsert(
        self, container: Container, partition: str, document: Document, *, if_match: str | None = None
    ) -> tuple[Item, bool]:
        """The item as written, and whether it is new; 412 if it exists under another ETag."""
        old = self._find(container, partition, check_id(document.get("id")))
        _check_etag(old, if_match)
        return self._write(container, partition, document, old=old), old is None

    def replace(
        self, container: Container, old: Item, document: Document, *, if_match: str | None = None
    ) -> Item:
        """The item with new content; 412 if it has another ETag; its id and partition cannot change."""
        _check_etag(old, if_match)
        if check_id(document.get("id")) != old.id:
            raise bad_request(f"The 'id' of the document must be that of the item it replaces, {old.id!r}.")
        return self._write(container, old.partition, document, old=old)

    def delete(self, container: Container, partition: str, name: str, *, if_match: str | None = None) -> None:
        """Remove the item; 404 if there is none, 412 if it has another ETag."""
        item = self.read(container, partition, name)
        _check_etag(item, if_match)
        with transaction(self.connection):
            self._next_lsn(container)
            self.connection.execute(
                "DELETE FROM items WHERE container = ? AND seq = ?", (container.rid, item.seq)
            )

    def delete_partition(self, container: Container, partition: str) -> None:
        """Remove all items of one logical partition."""
        self.connection.execute(
            "DELETE FROM items WHERE container = ? AND partition = ?", (container.rid, partition)
        )

    def scan(self, container: Container, partition: str | None, *, after: int = 0) -> Iterator[Item]:
        """Live items in the order of their creation, of one partition or of all, from behind `after`."""
        values = {**self._live(container), "partition": partition, "after": after}
        rows = self.connection.execute(_SCAN if partition is None else _SCAN_PARTITION, values)
        return (Item(*row) for row in rows)

    def changes(self, container: Container, *, after: int, since: float) -> Iterator[Item]:
        """Live items by their last write: from behind log number `after`, written at or after `since`."""
        values = {**self._live(container), "after": after, "since": since}
        return (Item(*row) for row in self.connection.execute(_CHANGES, values))

    def lsn(self, container: Container) -> int:
        """The log sequence number of the last write, which session tokens carry."""
        query = "SELECT lsn FROM containers WHERE rid = ?"
        return int(self.connection.execute(query, (container.rid,)).fetchone()[0])

    def drop_all(self) -> None:
        """Remove the items of all containers."""
        self.connection.execute("DELETE FROM items")

    def _live(self, container: Container) -> dict[str, object]:
        return {"container": container.rid, "default_ttl": container.default_ttl, "now": self.clock()}

    def _find(self, container: Container, partition: str, name: str) -> Item | None:
        values = {**self._live(container), "partition": partition, "id": name}
        row = self.connection.execute(_READ, values).fetchone()
        return None if row is None else Item(*row)

    def _next_lsn(self, container: Container) -> int:
        query = "UPDATE containers SET lsn = lsn + 1 WHERE rid = ? RETURNING lsn"
        return int(self.connection.execute(query, (container.rid,)).fetchone()[0])

    def _write(self, container: Container, partition: str, document: Document, *, old: Item | None) -> Item:
        if partition_of(document, container.key_paths) != partition:
            paths = ", ".join("/" + "/".join(path) for path in container.key_paths)
            raise bad_request(
                "PartitionKey extracted from document doesn't match the one specified in the header: "
                f"send the document's value at {paths}."
            )
        ttl, etag, now = check_ttl(document), f'"{uuid4()}"', self.clock()
        check_nesting(document)
        check_size(len(orjson.dumps(document)))
        with transaction(self.connection):
            lsn = self._next_lsn(container)
            seq = lsn if old is None else old.seq
            scope = {**self._live(container), "partition": partition, "seq": seq}
            check_unique(self.connection, container, document, scope)
            body = _with_system_properties(container, seq, document, etag=etag, timestamp=int(now))
            item = Item(seq, partition, str(document["id"]), etag, lsn, body)
            row = {"seq": seq, "partition": partition, "id": item.id, "etag": etag, "lsn": lsn, "body": body}
            self.connection.execute(_WRITE, {**row, "container": container.rid, "now": now, "ttl": ttl})
            remember_unique(self.connection, container, document, partition=partition, seq=seq)
        return item


def _check_etag(item: Item | None, if_match: str | None) -> None:
    if item is not None and if_match not in {None, "*", item.etag}:
        raise stale()


def _with_system_properties(
    container: Container, seq: int, document: Document, *, etag: str, timestamp: int
) -> bytes:
    rid = rid_text(container.rid + seq.to_bytes(8, "big"))
    content = {key: value for key, value in document.items() if key not in SYSTEM_PROPERTIES}
    system: Document = {
        "_rid": rid,
        "_self": f"{container.link}docs/{rid}/",
        "_etag": etag,
        "_attachments": "attachments/",
        "_ts": timestamp,
    }
    return orjson.dumps({**content, **system})
