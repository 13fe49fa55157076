"""Routes of the simulated OpenAI and Azure OpenAI: check the key, read, answer with the usual headers."""

import itertools
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from devstack.faults import FAULT_KEY, Clock, Quota, Service, Simulated, bill, handlers, utc_now
from devstack.latency import Latency
from devstack.openai.completion import answer, completion, cut_short
from devstack.openai.errors import AZURE, AzureRefused, Refused, bad_key, no_model, refuse
from devstack.openai.request import read_request

CREATED = 1_735_689_600  # 2025-01-01, when the simulated models came into being
OWN_MODES = frozenset({"garbage", "mismatch", "ungrounded", "refusal", "length"})
DEFAULT_MODELS = ("simulated-model", "simulated-model-mini")
REQUEST_LIMIT, TOKEN_LIMIT = 10_000, 2_000_000


def call_of(path: str) -> str | None:
    """The name a request is metered under."""
    if path.endswith("/chat/completions"):
        return "chat.completions"
    return "models" if path.startswith("/v1/models") else None


@dataclass(frozen=True)
class Models:
    """The handlers; without `models` any name is served, without `key` any key is accepted."""

    models: tuple[str, ...] = ()
    key: str | None = None
    clock: Clock = utc_now
    serials: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def list_models(self, request: Request) -> Response:
        self._check_key(request)
        names = self.models or DEFAULT_MODELS
        return JSONResponse({"object": "list", "data": [_model(name) for name in names]})

    async def get_model(self, request: Request) -> Response:
        self._check_key(request)
        name = request.path_params["model"]
        if name not in (self.models or DEFAULT_MODELS):
            raise no_model(name, request.url.path)
        return JSONResponse(_model(name))

    async def complete(self, request: Request) -> Response:
        """One chat completion, on OpenAI's path or on Azure's."""
        path = request.url.path
        self._check_key(request)
        if path.startswith(AZURE) and "api-version" not in request.query_params:
            raise AzureRefused(404, "Resource not found", code="404")
        asked = read_request(await request.body(), request.path_params.get("deployment"))
        if self.models and asked["model"] not in self.models:
            raise no_model(asked["model"], path)
        serial = next(self.serials)
        fault = request.scope.get(FAULT_KEY)
        said = answer(asked, fault)
        if fault == "length":
            asked = cut_short(asked, said)
        body = completion(asked, said, created=int(self.clock().timestamp()), serial=serial)
        usage = body["usage"]
        for kind in ("prompt", "completion"):
            bill(request.scope, f"{asked['model']}.{kind}Tokens", usage[f"{kind}_tokens"])
        return JSONResponse(body, headers=_headers(body["id"], usage["total_tokens"]))

    def _check_key(self, request: Request) -> None:
        """Azure takes `api-key` or a bearer token, OpenAI only the latter."""
        path = request.url.path
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else ""
        if path.startswith(AZURE):
            key = request.headers.get("api-key", key)
        if not key or self.key not in {None, key}:
            raise bad_key(key, path)


def _model(name: str) -> dict[str, str | int]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "simulator"}


def _headers(completion_id: str, tokens: int) -> dict[str, str]:
    return {
        "x-request-id": f"req_{completion_id.removeprefix('chatcmpl-')}",
        "openai-version": "2020-10-01",
        "openai-organization": "simulator",
        "openai-processing-ms": "1",
        "x-ratelimit-limit-requests": str(REQUEST_LIMIT),
        "x-ratelimit-limit-tokens": str(TOKEN_LIMIT),
        "x-ratelimit-remaining-requests": str(REQUEST_LIMIT - 1),
        "x-ratelimit-remaining-tokens": str(TOKEN_LIMIT - tokens),
        "x-ratelimit-reset-requests": "6ms",
        "x-ratelimit-reset-tokens": "1ms",
    }


def make_app(
    models: Models,
    *,
    quota_per_minute: int | None = None,
    latency: Latency | None = None,
    latency_ms: int = 0,
) -> ASGIApp:
    """OpenAI and Azure OpenAI on one address, under the control of `devstack.faults`."""
    deployments = "/openai/deployments/{deployment}/chat/completions"
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", models.complete, methods=["POST"]),
            Route(deployments, models.complete, methods=["POST"]),
            Route("/v1/models", models.list_models),
            Route("/v1/models/{model}", models.get_model),
        ],
        exception_handlers={Refused: _refused, **handlers(refuse)},
    )
    service = Service("openai", call_of=call_of, refuse=refuse, own_modes=OWN_MODES, latency_ms=latency_ms)
    return Simulated(app, service, Quota(quota_per_minute), latency=latency)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - registered for this class alone
    return JSONResponse(error.body(), error.status)
