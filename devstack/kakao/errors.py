"""Errors in the two shapes Kakao uses: a type and a message (Local), a number and a message (Mobility)."""

from starlette.responses import JSONResponse, Response

LOCAL_TYPES = {
    400: ("InvalidArgument", "invalid request"),
    401: ("AccessDeniedError", "cannot find Authorization : KakaoAK header"),
    403: ("AccessDeniedError", "App disabled OPEN_MAP_AND_LOCAL service."),
    429: ("RequestThrottled", "API limit has been exceeded."),
    500: ("InternalServerError", "internal server error"),
}
MOBILITY_CODES = {400: (-2, "invalid argument"), 401: (-401, "wrong appKey"), 403: (-5, "not allowed")}
QUOTA = (-10, "API limit has been exceeded.")
SERVER = (-1, "internal server error")


class LocalError(Exception):
    """A call of the Local API that is refused."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class MobilityError(Exception):
    """A call of the Mobility API that is refused."""

    def __init__(self, message: str, *, status: int = 400, code: int = -2) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def is_mobility(path: str) -> bool:
    """Whether a path belongs to the Mobility API."""
    return path.startswith("/v1/")


def refuse(status: int, path: str) -> Response:
    """The error of a given HTTP status, in the shape of the API that owns the path.

    The Mobility API tells a used-up quota with 400 and a code of its own.
    """
    if not is_mobility(path):
        kind, message = LOCAL_TYPES.get(status, LOCAL_TYPES[500])
        return JSONResponse({"errorType": kind, "message": message}, status)
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return JSONResponse({"code": QUOTA[0], "msg": QUOTA[1]}, 400)
    code, message = MOBILITY_CODES.get(status, SERVER)
    return JSONResponse({"code": code, "msg": message}, status)
