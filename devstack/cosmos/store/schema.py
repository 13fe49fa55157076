"""The SQLite tables behind the emulator, and its transactions.

Every acknowledged write is committed to the write-ahead log first, so it outlives a killed process. The log
is not flushed to the disk at each commit: only a machine that loses power can lose the last writes.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA_VERSION = 1
LIVE = """(:default_ttl IS NULL OR COALESCE(ttl, :default_ttl) = -1
    OR written_at + COALESCE(ttl, :default_ttl) > :now)"""  # the condition on items that have not expired

_TABLES = """
CREATE TABLE IF NOT EXISTS databases (
    id TEXT PRIMARY KEY,
    rid BLOB NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS containers (
    rid BLOB PRIMARY KEY,
    database TEXT NOT NULL REFERENCES databases (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    definition BLOB NOT NULL,
    lsn INTEGER NOT NULL DEFAULT 0,
    UNIQUE (database, id)
);
CREATE TABLE IF NOT EXISTS items (
    container BLOB NOT NULL REFERENCES containers (rid) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    partition TEXT NOT NULL,
    id TEXT NOT NULL,
    etag TEXT NOT NULL,
    lsn INTEGER NOT NULL,
    written_at REAL NOT NULL,
    ttl INTEGER,
    body BLOB NOT NULL,
    PRIMARY KEY (container, seq),
    UNIQUE (container, partition, id)
);
CREATE INDEX IF NOT EXISTS items_of_partition ON items (container, partition, seq);
CREATE INDEX IF NOT EXISTS changes_of_container ON items (container, lsn);
CREATE TABLE IF NOT EXISTS unique_values (
    container BLOB NOT NULL,
    seq INTEGER NOT NULL,
    partition TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (container, seq, ordinal),
    FOREIGN KEY (container, seq) REFERENCES items (container, seq) ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS holders_of_unique_value ON unique_values (container, partition, ordinal, digest);
"""


def connect(folder: Path | None) -> sqlite3.Connection:
    """The tables in `folder`/cosmos.db, created if absent; in memory if there is no folder."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(":memory:" if folder is None else folder / "cosmos.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(_TABLES)
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All writes of the block or none; a block inside another one joins it."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
