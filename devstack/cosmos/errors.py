"""How the emulator says no: with the status, sub-status and wording that a Cosmos client understands."""

CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}


class Refused(Exception):
    """The service does not accept this request."""

    def __init__(
        self, status: int, message: str, *, substatus: int = 0, retry_after_ms: int | None = None
    ) -> None:
        """Refuse with an HTTP status of `CODES`; `retry_after_ms` tells the client when to try again."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.substatus = substatus
        self.retry_after_ms = retry_after_ms

    @property
    def code(self) -> str:
        """The name that the service gives to the status."""
        return CODES[self.status]


def bad_request(message: str) -> Refused:
    """400: the request breaks a rule; the message names the field and the fix."""
    return Refused(400, message)


def not_found(what: str) -> Refused:
    """404: the resource does not exist, or no longer."""
    return Refused(404, f"{what} does not exist.")


def conflict(message: str) -> Refused:
    """409: another resource already holds this id or unique key."""
    return Refused(409, message)


def stale() -> Refused:
    """412: the ETag or the patch condition does not hold for the stored item."""
    return Refused(412, "One of the specified pre-condition is not met: read the item again and retry.")


def too_large(message: str) -> Refused:
    """413: an item or a request exceeds the size limit."""
    return Refused(413, message)
