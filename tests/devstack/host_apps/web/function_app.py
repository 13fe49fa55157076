"""A sample app: every shape of HTTP function the host has to serve."""

import asyncio
import json
import os
import threading
import time
from http.cookies import SimpleCookie
from typing import Any

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


def reply(document: Any, status: int = 200) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(document), status_code=status, mimetype="application/json")


@app.route(route="echo/{number:int}/{word?}", methods=["GET", "POST"])
async def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    seen = {
        "method": req.method,
        "url": req.url,
        "route": dict(req.route_params),
        "query": dict(req.params),
        "headers": dict(req.headers),
        "body": req.get_body().decode(),
        "trace": context.trace_context.trace_parent,
        "invocation": context.invocation_id,
        "function": context.function_name,
    }
    return reply(seen, status=201)


@app.route(route="echo/special", methods=["GET"])
async def special(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("special")


@app.route(route="files/{*rest}", methods=["GET"])
async def files(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.route_params.get("rest", ""))


@app.route(route="papers/{name}.pdf", methods=["GET"])
async def papers(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.route_params["name"])


@app.route(route="any")
async def any_method(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.method)


@app.route(route="cookies", methods=["GET"])
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    jar = SimpleCookie({"a": "1"})
    response = func.HttpResponse("set")
    response.headers.add("Set-Cookie", jar.output(header="").strip())
    response.headers.add("Set-Cookie", "b=2; Path=/; HttpOnly")
    return response


@app.route(route="nothing", methods=["DELETE"])
async def nothing(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204)


@app.route(route="boom", methods=["GET"])
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise KeyError("kaboom")


@app.route(route="thread", methods=["GET"])
def thread(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(threading.current_thread().name)


@app.route(route="slow", methods=["GET"])
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    await asyncio.sleep(float(req.params["seconds"]))
    return func.HttpResponse("slept")


@app.route(route="setting/{name}", methods=["GET"])
async def setting(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(os.environ.get(req.route_params["name"], "(unset)"))


@app.route(route="blocked", methods=["GET"])
async def blocked(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(float(req.params["seconds"]))  # noqa: ASYNC251 - what a careless handler does
    return func.HttpResponse("slept")


@app.route(route="exit", methods=["GET"])
async def leave(req: func.HttpRequest) -> func.HttpResponse:
    os._exit(9)


@app.route(route="process", methods=["GET"])
async def process(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(str(os.getpid()))


@app.route(route="large/{size:int}", methods=["GET"])
async def large(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(b"x" * int(req.route_params["size"]))


@app.route(route="length", methods=["POST"])
async def length(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(str(len(req.get_body())))


@app.route(route="split", methods=["GET"])
async def split(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x", headers={"X-Word": "a\r\nset-cookie: b=1"})
