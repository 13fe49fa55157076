"""HTTP endpoint for browsers that ask before they send (CORS)."""

import azure.functions as func

from shared.http import edge, preflight

bp = func.Blueprint()


@bp.function_name("answer_preflight")
@bp.route("v1/{*path}", methods=["OPTIONS"])
@edge
async def answer_preflight(req: func.HttpRequest) -> func.HttpResponse:
    return preflight()
