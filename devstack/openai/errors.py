"""Errors as OpenAI and as Azure OpenAI write them."""

from typing import Any

from starlette.responses import JSONResponse, Response

AZURE = "/openai/"
KINDS = {
    400: ("invalid_request_error", None, "The request is not valid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("invalid_request_error", "unsupported_country_region_territory", "Access denied."),
    404: (
        "invalid_request_error",
        "model_not_found",
        "The model does not exist or you do not have access to it.",
    ),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again in 1s."),
    500: ("server_error", None, "The server had an error while processing your request. Sorry about that!"),
    503: ("server_error", None, "The engine is currently overloaded, please try again later."),
}
NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer"
    " auth (i.e. Authorization: Bearer YOUR_KEY)."
)
AZURE_BAD_KEY = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key"
    " for an active subscription and use a correct regional API endpoint for your resource."
)
AZURE_NO_DEPLOYMENT = "The API deployment for this resource does not exist."


class Refused(Exception):
    """A request the service answers with an error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code

    def body(self) -> dict[str, Any]:
        """The JSON body, `error` outermost."""
        return {"error": {"message": str(self), "type": self.kind, "param": self.param, "code": self.code}}


class AzureRefused(Refused):
    """The same in the shorter form of the Azure gateway."""

    def body(self) -> dict[str, Any]:
        """Code and message only."""
        return {"error": {"code": self.code, "message": str(self)}}


def refuse(status: int, path: str) -> Response:
    """The error of a given HTTP status, with the header that lets clients wait as long as they should."""
    kind, code, message = KINDS.get(status, KINDS[500 if status >= 500 else 400])  # noqa: PLR2004
    known = "/chat/completions" in path or path.startswith("/v1/models")
    if status == 404 and not known:  # noqa: PLR2004
        message, code = f"Invalid URL ({path})", None
    refused = Refused(status, message, kind=kind, code=code)
    if path.startswith(AZURE):
        refused = AzureRefused(status, message, code=str(status))
    headers = {"retry-after": "1", "retry-after-ms": "1000"} if status == 429 else None  # noqa: PLR2004
    return JSONResponse(refused.body(), status, headers)


def bad_key(key: str | None, path: str) -> Refused:
    """401 for a missing key or one that is not ours; only the ends of it are shown."""
    if path.startswith(AZURE):
        return AzureRefused(401, AZURE_BAD_KEY, code="401")
    if not key:
        return Refused(401, NO_KEY)
    shown = f"{key[:3]}***{key[-4:]}" if len(key) > 8 else "***"  # noqa: PLR2004
    message = (
        f"Incorrect API key provided: {shown}. You can find your API key at https://platform.openai.com."
    )
    return Refused(401, message, code="invalid_api_key")


def no_model(model: str, path: str) -> Refused:
    """404 for a model, or on Azure a deployment, that is not served."""
    if path.startswith(AZURE):
        return AzureRefused(404, AZURE_NO_DEPLOYMENT, code="DeploymentNotFound")
    message = f"The model `{model}` does not exist or you do not have access to it."
    return Refused(404, message, code="model_not_found")
