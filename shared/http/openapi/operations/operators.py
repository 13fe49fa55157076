"""What is for operators only, with tokens of their own directory."""

from shared.errors import Forbidden, NotFound, RateLimited
from shared.http.openapi.operation import Operation
from shared.schedules import JobRecord
from shared.users import Standing
from shared.users.operators import AccountQuery, AuditPage, AuditQuery

_REFUSALS = (Forbidden, RateLimited)

OPERATORS = {
    "operator_read_audit_log": Operation(
        does="Read the audit log", query=AuditQuery, answer=AuditPage, refusals=_REFUSALS
    ),
    "operator_find_account": Operation(
        does="See how the account of a login stands",
        query=AccountQuery,
        answer=Standing,
        refusals=(NotFound, *_REFUSALS),
    ),
    "operator_unlock_account": Operation(
        does="Let an account sign in again at once", status=204, refusals=_REFUSALS
    ),
    "operator_end_sessions": Operation(does="Sign an account out everywhere", status=204, refusals=_REFUSALS),
    "operator_read_job": Operation(does="See how a schedule job goes", answer=JobRecord, refusals=_REFUSALS),
}
