"""The failures a caller can cause, and the ones that deserve another attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar


class AppError(Exception):
    """Something unexpected went wrong."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def title(self) -> str:
        """The public title: the first line of the class docstring."""
        return (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One invalid field: a JSON pointer (RFC 6901) into the body, or a parameter name, and what to do."""

    pointer: str
    detail: str


class InvalidRequest(AppError):
    """The request does not match its schema."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class BrokenRules(InvalidRequest):
    """The change breaks rules of the plan; nothing was changed."""


class MalformedRequest(AppError):
    """The request cannot be read."""

    status = HTTPStatus.BAD_REQUEST


class Unauthenticated(AppError):
    """A valid access token is required."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(AppError):
    """This is not for you to do."""

    status = HTTPStatus.FORBIDDEN


class NotFound(AppError):
    """No such resource."""

    status = HTTPStatus.NOT_FOUND


class Conflict(AppError):
    """The resource is not in a state that allows this."""

    status = HTTPStatus.CONFLICT


class PreconditionFailed(AppError):
    """The resource has changed since it was read."""

    status = HTTPStatus.PRECONDITION_FAILED


class TooLarge(AppError):
    """The request is too large."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class RateLimited(AppError):
    """Too many requests."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Transient(AppError):
    """A dependency is unavailable; the same work may succeed later."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class Poison(AppError):
    """A message does not match its contract and never will."""


class ModelUnavailable(AppError):
    """The language model did not give a usable answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class Unplannable(AppError):
    """No plan can be made for this trip as it stands."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
