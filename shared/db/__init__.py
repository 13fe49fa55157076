"""PostgreSQL: one pool per worker process, one transaction per unit of work."""

from shared.db.address import by_identity, url_of
from shared.db.audit import Action, AuditFilter, AuditRow, record, recorded
from shared.db.database import Database, Transaction
from shared.db.idempotency import Replay, forget, recall, remember
from shared.db.ids import new_id
from shared.db.paging import Page, cursor_after, pages_of, read_cursor

__all__ = [
    "Action",
    "AuditFilter",
    "AuditRow",
    "Database",
    "Page",
    "Replay",
    "Transaction",
    "by_identity",
    "cursor_after",
    "forget",
    "new_id",
    "pages_of",
    "read_cursor",
    "recall",
    "record",
    "recorded",
    "remember",
    "url_of",
]
