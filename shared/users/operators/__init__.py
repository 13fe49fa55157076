"""What operators may do with accounts: nothing here tells them who somebody is or where they travel."""

from shared.users.operators.model import AccountQuery, AuditEntry, AuditPage, AuditQuery
from shared.users.operators.service import end_sessions, find, read_audit, unlock

__all__ = [
    "AccountQuery",
    "AuditEntry",
    "AuditPage",
    "AuditQuery",
    "end_sessions",
    "find",
    "read_audit",
    "unlock",
]
