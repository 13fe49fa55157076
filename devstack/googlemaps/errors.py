"""Errors in the two shapes Google Maps Platform uses: `google.rpc.Status` and the legacy status word."""

from typing import Any

from starlette.responses import JSONResponse, Response

STATUS_OF_CODE = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
MESSAGE_OF_CODE = {
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    429: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of the service.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}
NO_KEY = (
    "Method doesn't allow unregistered callers (callers without established identity). "
    "Please use API Key or other form of API consumer identity to call this API."
)
BAD_KEY = "API key not valid. Please pass a valid API key."
LEGACY_NO_KEY = (
    "You must use an API key to authenticate each request to Google Maps Platform APIs. "
    "For additional information, please refer to http://g.co/dev/maps-no-account"
)
LEGACY_BAD_KEY = "The provided API key is invalid. "


class ApiError(Exception):
    """A call the newer APIs (Places, Routes) refuse; becomes a `google.rpc.Status` body."""

    def __init__(self, code: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON body, `error` outermost."""
        status = STATUS_OF_CODE.get(self.code, "UNKNOWN")
        error: dict[str, Any] = {"code": self.code, "message": str(self), "status": status}
        return {"error": error | ({"details": self.details} if self.details else {})}


def invalid(message: str, field: str | None = None) -> ApiError:
    """400 INVALID_ARGUMENT, with the field violation when there is one to name."""
    violation: dict[str, Any] = {"description": message} | ({"field": field} if field else {})
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    return ApiError(400, message, [detail] if field else None)


def bad_field_path(path: str) -> ApiError:
    """400 for a field mask that names a field the answer does not have."""
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    error = invalid(description, field=path)
    return ApiError(400, "Request contains an invalid argument.", error.details)


def bad_key(service: str) -> ApiError:
    """400 for a key Google does not know (not a 403: that is for a key that is missing or not allowed)."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": service},
    }
    message = {
        "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
        "locale": "en-US",
        "message": BAD_KEY,
    }
    return ApiError(400, BAD_KEY, [info, message])


class LegacyError(Exception):
    """A call Geocoding or Time Zone refuses; most travel as HTTP 200 with a status word."""

    def __init__(self, status: str, message: str, http: int = 200) -> None:
        super().__init__(message)
        self.status = status
        self.http = http


def refuse(code: int, path: str) -> Response:
    """The error of a given HTTP status, in the shape of the API that owns the path."""
    if path.startswith("/maps/api/"):
        return _refuse_legacy(code, path)
    error = ApiError(code, MESSAGE_OF_CODE.get(code, "Request refused."))
    return JSONResponse([error.body()] if path.startswith("/distanceMatrix/") else error.body(), code)


def _refuse_legacy(code: int, path: str) -> Response:
    """403 and 429 are HTTP 200 there; Geocoding says `error_message`, Time Zone `errorMessage`."""
    words = {403: "REQUEST_DENIED", 429: "OVER_QUERY_LIMIT", 400: "INVALID_REQUEST"}
    status = words.get(code, "UNKNOWN_ERROR")
    messages = {403: LEGACY_BAD_KEY, 429: "You have exceeded your rate-limit for this API."}
    message = messages.get(code, "Server error. Please try again later.")
    body: dict[str, Any] = {"error_message": message, "results": [], "status": status}
    if path.startswith("/maps/api/timezone/"):
        body = {"errorMessage": message, "status": status}
    return JSONResponse(body, 200 if code in {403, 429} else code)
