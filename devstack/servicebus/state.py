"""The namespace on disk: what the queues have noted, written to SQLite in groups, and read back at the start.

A commit holds everything since the one before, of all queues: a message is never in two of them or in none.
The file survives the end of the process at any instant; the power going out may cost the last commits
(`synchronous = NORMAL`).
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.broker.bus import Bus
from devstack.servicebus.broker.message import Message, Shown, parse
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.session_queue import SessionQueue
from devstack.servicebus.broker.settings import QueueSettings
from devstack.servicebus.notes import Notes

FILE = "servicebus.db"
_VERSION = 1
_SCHEMA = """
CREATE TABLE messages (
    queue TEXT, number INTEGER, content BLOB, enqueued_number INTEGER, enqueued_at INTEGER,
    expires_at INTEGER, time_to_live INTEGER, scheduled_at INTEGER, delivery_count INTEGER,
    shown INTEGER, is_locked INTEGER, dead_letter_source TEXT, PRIMARY KEY (queue, number));
CREATE TABLE history (queue TEXT, message_id BLOB, until INTEGER, PRIMARY KEY (queue, message_id));
CREATE TABLE sessions (queue TEXT, id TEXT, state BLOB, set_at INTEGER, PRIMARY KEY (queue, id));
CREATE TABLE counts (queue TEXT PRIMARY KEY, last_number INTEGER);
CREATE TABLE definitions (queue TEXT PRIMARY KEY, settings TEXT);
"""
_MESSAGES = """
SELECT number, content, enqueued_number, enqueued_at, expires_at, time_to_live, scheduled_at, delivery_count,
    shown, is_locked, dead_letter_source FROM messages WHERE queue = ? ORDER BY number
"""


class StateError(Exception):
    """The state cannot be read or written; the message names the file and what to do."""


class State:
    """The archive of a namespace in a folder that no other process uses."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._notes: dict[str, Notes] = {}
        self._dirty: dict[Notes, None] = {}
        self._definitions: dict[str, QueueSettings | None] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, isolation_level=None, timeout=1)
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"{self._path}: {error}.") from error
        try:
            self._open()
        except BaseException as error:
            self._database.close()
            if isinstance(error, sqlite3.Error):
                raise StateError(f"{self._path}: {error}. Is another emulator using it?") from error
            raise

    def _open(self) -> None:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            self._database.execute(f"PRAGMA {pragma}")
        [version] = self._database.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise StateError(f"{self._path} has the format {version}, not {_VERSION}: delete the file.")
        if version == 0:
            self._database.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT")

    # as an archive

    def journal(self, queue: str) -> Notes:
        """The journal of the queue of this name."""
        notes = self._notes.get(queue)
        if notes is None:
            notes = self._notes[queue] = Notes(queue, on_first=self._mark)
        return notes

    def define(self, settings: QueueSettings) -> None:
        """A queue was made, or its settings changed, while the namespace ran."""
        self._definitions[settings.name] = settings

    def undefine(self, queue: str) -> None:
        """A queue was deleted while the namespace ran."""
        self._definitions[queue] = None

    def _mark(self, notes: Notes) -> None:
        self._dirty[notes] = None

    # writing

    def commit(self) -> None:
        """Write what was noted since the last commit; StateError when the disk refuses."""
        if not self._dirty and not self._definitions:
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for notes in self._dirty:
                notes.write(self._database)
            self._write_definitions()
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: {error}. What was not acknowledged is lost.") from error
        self._dirty.clear()

    def _write_definitions(self) -> None:
        for name, settings in self._definitions.items():
            self._database.execute("DELETE FROM definitions WHERE queue = ?", (name,))
            if settings is not None:
                row = (name, json.dumps(asdict(settings)))
                self._database.execute("INSERT INTO definitions VALUES (?, ?)", row)
        self._definitions.clear()

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self.commit()
        self._database.close()

    # reading

    def defined(self) -> list[QueueSettings]:
        """The queues that were made while the namespace ran."""
        rows = self._database.execute("SELECT settings FROM definitions ORDER BY rowid")
        return [QueueSettings(**json.loads(settings)) for (settings,) in rows]

    def restore(self, bus: Bus) -> None:
        """Fill the queues of a namespace as they were; what was locked counts as delivered once more."""
        for queue in bus.all():
            self._restore(queue)
        self.commit()

    def _restore(self, queue: Queue) -> None:
        key = (queue.name,)
        for (last,) in self._database.execute("SELECT last_number FROM counts WHERE queue = ?", key):
            queue.restore_count(last)
        for message_id, until in self._database.execute(
            "SELECT message_id, until FROM history WHERE queue = ? ORDER BY until", key
        ):
            queue.restore_history(decode(message_id)[0], until)
        notes = self.journal(queue.name)
        for message, was_locked in self._messages(queue.name):
            queue.restore(message, was_locked=was_locked)
            if not was_locked:
                notes.is_unchanged(message)
        if isinstance(queue, SessionQueue):
            for row in self._database.execute("SELECT id, state, set_at FROM sessions WHERE queue = ?", key):
                queue.restore_state(*row)

    def _messages(self, queue: str) -> Iterator[tuple[Message, bool]]:
        for row in self._database.execute(_MESSAGES, (queue,)).fetchall():
            message = parse(row[1])
            message.sequence_number = row[0]
            (
                message.enqueued_sequence_number,
                message.enqueued_at,
                message.expires_at,
                message.time_to_live,
                message.scheduled_at,
                message.delivery_count,
            ) = row[2:8]
            message.shown = Shown(row[8])
            message.dead_letter_source = row[10]
            yield message, bool(row[9])
