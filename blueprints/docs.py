"""HTTP endpoints for the description of this API, and for a page to read it on."""

import azure.functions as func

from shared.http import edge, ok_asset, ok_json
from shared.http.openapi import docs, published

bp = func.Blueprint()


@bp.function_name("read_openapi")
@bp.route("v1/openapi.json", methods=["GET"])
@edge
async def read_openapi(req: func.HttpRequest) -> func.HttpResponse:
    return ok_json(published())


@bp.function_name("read_docs")
@bp.route("v1/docs", methods=["GET"])
@edge
async def read_docs(req: func.HttpRequest) -> func.HttpResponse:
    return ok_asset(docs.page())


@bp.function_name("read_docs_asset")
@bp.route("v1/docs/{file}", methods=["GET"])
@edge
async def read_docs_asset(req: func.HttpRequest) -> func.HttpResponse:
    return ok_asset(docs.asset(req.route_params["file"]))
