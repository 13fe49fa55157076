"""HTTP endpoints for operators: the audit log, locked accounts, sessions, jobs."""

import azure.functions as func

from shared import schedules, users
from shared.auth import Operator
from shared.http import edge, no_content, ok, read_id, read_query, require_operator
from shared.runtime import runtime
from shared.users.operators import AccountQuery, AuditQuery

bp = func.Blueprint()


@bp.function_name("operator_read_audit_log")
@bp.route("v1/operators/audit-log", methods=["GET"])
@edge
async def operator_read_audit_log(req: func.HttpRequest) -> func.HttpResponse:
    operator = await _welcome(req)
    return ok(
        await users.operators.read_audit(read_query(req, AuditQuery), operator=operator, db=runtime().db)
    )


@bp.function_name("operator_find_account")
@bp.route("v1/operators/accounts", methods=["GET"])
@edge
async def operator_find_account(req: func.HttpRequest) -> func.HttpResponse:
    operator = await _welcome(req)
    return ok(await users.operators.find(read_query(req, AccountQuery), operator=operator, db=runtime().db))


@bp.function_name("operator_unlock_account")
@bp.route("v1/operators/accounts/{user_id}/lock", methods=["DELETE"])
@edge
async def operator_unlock_account(req: func.HttpRequest) -> func.HttpResponse:
    operator = await _welcome(req)
    await users.operators.unlock(read_id(req, "user_id"), operator=operator, db=runtime().db)
    return no_content()


@bp.function_name("operator_end_sessions")
@bp.route("v1/operators/accounts/{user_id}/sessions", methods=["DELETE"])
@edge
async def operator_end_sessions(req: func.HttpRequest) -> func.HttpResponse:
    operator, room = await _welcome(req), runtime()
    await users.operators.end_sessions(
        read_id(req, "user_id"), operator=operator, ended=room.ended, db=room.db
    )
    return no_content()


@bp.function_name("operator_read_job")
@bp.route("v1/operators/schedule-jobs/{job_id}", methods=["GET"])
@edge
async def operator_read_job(req: func.HttpRequest) -> func.HttpResponse:
    operator = await _welcome(req)
    return ok(await schedules.look_up(read_id(req, "job_id"), operator=operator, db=runtime().db))


async def _welcome(req: func.HttpRequest) -> Operator:
    room = runtime()
    return await require_operator(req, room.operators, cache=room.cache)
