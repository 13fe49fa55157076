"""The journal of one queue between two commits: only what is left of its changes goes to the database.

A message that comes and goes between two commits costs the database nothing.
"""

import sqlite3
from collections.abc import Callable
from uuid import UUID

from devstack.servicebus.amqp import encode
from devstack.servicebus.broker.message import Message

_INSERT = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = """
UPDATE messages SET expires_at = ?, delivery_count = ?, shown = ?, is_locked = ?
WHERE queue = ? AND number = ?
"""
_DELETE = "DELETE FROM messages WHERE queue = ? AND number = ?"
_COUNT = "INSERT OR REPLACE INTO counts VALUES (?, ?)"
_REMEMBER = "INSERT OR REPLACE INTO history VALUES (?, ?, ?)"
_FORGET = "DELETE FROM history WHERE queue = ? AND message_id = ?"
_KEEP = "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM sessions WHERE queue = ? AND id = ?"
_CLEAR = tuple(f"DELETE FROM {table} WHERE queue = ?" for table in ("messages", "history", "sessions"))  # noqa: S608 - constants


class Notes:
    """What has changed in one queue since the last commit; `on_first` is told when there is something."""

    def __init__(self, queue: str, *, on_first: Callable[["Notes"], None]) -> None:
        self._queue = queue
        self._on_first = on_first
        self._is_clean = True
        self._last_number: int | None = None
        self._is_cleared = False
        self._added: dict[int, Message] = {}
        self._changed: dict[int, Message] = {}
        self._removed: set[int] = set()
        self._ids: dict[object, int | None] = {}  # until when they count, None once forgotten
        self._states: dict[str, tuple[bytes | None, int]] = {}

    # as a journal

    def add(self, message: Message) -> None:
        """A message has come in."""
        self._touch()
        number = message.sequence_number
        self._added[number] = message
        self._last_number = max(number, self._last_number or 0)

    def change(self, message: Message) -> None:
        """A message's delivery count, state or lock has changed."""
        if message.sequence_number not in self._added:
            self._touch()
            self._changed[message.sequence_number] = message

    def remove(self, message: Message) -> None:
        """A message is gone."""
        self._touch()
        number = message.sequence_number
        if self._added.pop(number, None) is None:
            self._changed.pop(number, None)
            self._removed.add(number)

    def remember(self, message_id: object, until: int) -> None:
        """An id counts for duplicate detection until a time in milliseconds since the epoch."""
        self._touch()
        self._ids[message_id] = until

    def forget(self, message_id: object) -> None:
        """An id counts no more."""
        self._touch()
        self._ids[message_id] = None

    def keep_state(self, session_id: str, state: bytes | None, at: int) -> None:
        """A session's state was set, or with None taken away."""
        self._touch()
        self._states[session_id] = (state, at)

    def clear(self) -> None:
        """Nothing of this queue is left but the count of its sequence numbers."""
        self._touch()
        self._forget_changes()
        self._is_cleared = True

    def is_unchanged(self, message: Message) -> None:
        """A message was read back and is as it was written."""
        self._changed.pop(message.sequence_number, None)

    def _touch(self) -> None:
        if self._is_clean:
            self._is_clean = False
            self._on_first(self)

    def _forget_changes(self) -> None:
        for changes in (self._added, self._changed, self._removed, self._ids, self._states):
            changes.clear()
        self._is_cleared = False

    # writing

    def write(self, database: sqlite3.Connection) -> None:
        """Write the changes within the database's transaction, and start anew."""
        queue = self._queue
        if self._is_cleared:
            for statement in _CLEAR:
                database.execute(statement, (queue,))
        database.executemany(_DELETE, [(queue, number) for number in self._removed])
        database.executemany(_INSERT, map(self._row, self._added.values()))
        database.executemany(_UPDATE, map(self._changes, self._changed.values()))
        if self._last_number is not None:
            database.execute(_COUNT, (queue, self._last_number))
        self._write_ids(database)
        self._write_states(database)
        self._forget_changes()
        self._last_number = None
        self._is_clean = True

    def _write_ids(self, database: sqlite3.Connection) -> None:
        ids = [(_encoded(each), until) for each, until in self._ids.items()]
        forgotten = [(self._queue, each) for each, until in ids if until is None]
        remembered = [(self._queue, each, until) for each, until in ids if until is not None]
        database.executemany(_FORGET, forgotten)
        database.executemany(_REMEMBER, remembered)

    def _write_states(self, database: sqlite3.Connection) -> None:
        for session_id, (state, at) in self._states.items():
            if state is None:
                database.execute(_DROP, (self._queue, session_id))
            else:
                database.execute(_KEEP, (self._queue, session_id, state, at))

    def _row(self, message: Message) -> tuple[object, ...]:
        return (
            self._queue,
            message.sequence_number,
            message.as_sent(),
            message.enqueued_sequence_number,
            message.enqueued_at,
            message.expires_at,
            message.time_to_live,
            message.scheduled_at,
            message.delivery_count,
            int(message.shown),
            message.is_locked,
            message.dead_letter_source,
        )

    def _changes(self, message: Message) -> tuple[object, ...]:
        return (
            message.expires_at,
            message.delivery_count,
            int(message.shown),
            message.is_locked,
            self._queue,
            message.sequence_number,
        )


def _encoded(message_id: object) -> bytes:
    """A message id of any type that AMQP allows, encoded."""
    if isinstance(message_id, bytes):
        return encode.binary(message_id)
    if isinstance(message_id, UUID):
        return encode.uuid(message_id)
    if isinstance(message_id, int):
        return encode.ulong(message_id) if message_id >= 0 else encode.long(message_id)
    return encode.string(str(message_id))
