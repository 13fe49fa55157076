"""The databases and containers of the account."""

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from devstack.cosmos.errors import bad_request, conflict, not_found
from devstack.cosmos.store.container import Container, define, rid_text
from devstack.cosmos.store.rules import check_id
from devstack.cosmos.values import Document, Json


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Create, find and drop databases and containers; `clock` gives seconds since 1970."""

    connection: sqlite3.Connection
    clock: Callable[[], float]

    def create_database(self, name: Json | None) -> Document:
        """A new database, or 409."""
        rid = secrets.token_bytes(4)
        try:
            self.connection.execute("INSERT INTO databases (id, rid) VALUES (?, ?)", (check_id(name), rid))
        except sqlite3.IntegrityError as error:
            raise conflict(f"Database {name!r} already exists.") from error
        return _database(str(name), rid)

    def databases(self) -> list[Document]:
        """All databases."""
        rows = self.connection.execute("SELECT id, rid FROM databases ORDER BY id")
        return [_database(row["id"], row["rid"]) for row in rows]

    def database(self, name: str) -> Document:
        """One database, or 404."""
        row = self.connection.execute("SELECT id, rid FROM databases WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise not_found(f"Database {name!r}")
        return _database(row["id"], row["rid"])

    def drop_database(self, name: str) -> None:
        """Drop the database with its containers and items, or 404."""
        if self.connection.execute("DELETE FROM databases WHERE id = ?", (name,)).rowcount == 0:
            raise not_found(f"Database {name!r}")

    def create_container(self, database: str, definition: Document) -> Container:
        """A new container, 404 without its database, 409 if it exists, 400 for a wrong definition."""
        self.database(database)
        row = self.connection.execute("SELECT rid FROM databases WHERE id = ?", (database,)).fetchone()
        container = define(
            row["rid"] + secrets.token_bytes(4), database, definition, timestamp=int(self.clock())
        )
        try:
            self.connection.execute(
                "INSERT INTO containers (rid, database, id, definition) VALUES (?, ?, ?, ?)",
                (container.rid, database, container.id, container.body()),
            )
        except sqlite3.IntegrityError as error:
            raise conflict(f"Container {container.id!r} already exists in {database!r}.") from error
        return container

    def containers(self, database: str) -> list[Container]:
        """All containers of the database, or 404."""
        self.database(database)
        rows = self.connection.execute(
            "SELECT rid, database, id, definition FROM containers WHERE database = ? ORDER BY id", (database,)
        )
        return [_container(row) for row in rows]

    def container(self, database: str, name: str) -> Container:
        """One container, or 404."""
        row = self.connection.execute(
            "SELECT rid, database, id, definition FROM containers WHERE database = ? AND id = ?",
            (database, name),
        ).fetchone()
        if row is None:
            raise not_found(f"Container {name!r} of database {database!r}")
        return _container(row)

    def replace_container(self, database: str, name: str, definition: Document) -> Container:
        """Change TTL or indexing; 400 for a change of the id, the partition key or the unique keys."""
        old = self.container(database, name)
        new = define(old.rid, database, definition, timestamp=int(self.clock()))
        if new.id != old.id or new.key_paths != old.key_paths or new.unique_keys != old.unique_keys:
            raise bad_request("The id, partitionKey and uniqueKeyPolicy of a container cannot be changed.")
        self.connection.execute("UPDATE containers SET definition = ? WHERE rid = ?", (new.body(), old.rid))
        return new

    def drop_container(self, database: str, name: str) -> None:
        """Drop the container with its items, or 404."""
        container = self.container(database, name)
        self.connection.execute("DELETE FROM containers WHERE rid = ?", (container.rid,))


def _database(name: str, rid: bytes) -> Document:
    return {
        "id": name,
        "_rid": rid_text(rid),
        "_self": f"dbs/{rid_text(rid)}/",
        "_etag": f'"{rid.hex()}"',
        "_colls": "colls/",
        "_users": "users/",
    }


def _container(row: sqlite3.Row) -> Container:
    return Container(row["rid"], row["database"], row["id"], orjson.loads(row["definition"]))
