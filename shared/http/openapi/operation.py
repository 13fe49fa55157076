"""What the description needs to know of an endpoint beside its route."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from shared.errors import (
    AppError,
    InvalidRequest,
    MalformedRequest,
    NotFound,
    PreconditionFailed,
    TooLarge,
    Transient,
    Unauthenticated,
)

type Example = Mapping[str, object]
type Failure = type[AppError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint; what it can be refused for follows from what it reads, `refusals` adds to that."""

    does: str
    status: int = 200
    body: type[BaseModel] | None = None
    example: Example | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    media: str = "application/json"
    open: bool = False
    etag: bool = False
    location: bool = False
    conditional: bool = False
    once: bool = False
    picture: bool = False
    refusals: tuple[Failure, ...] = ()
    also: tuple[int, ...] = ()

    def failures(self, *, named: bool) -> list[Failure]:
        """Every refusal, by status; `named` says that the route names something that may not be there."""
        found: set[Failure] = {AppError, Transient, *self.refusals}
        if not self.open:
            found.add(Unauthenticated)
        if self.body or self.picture:
            found |= {MalformedRequest, TooLarge, InvalidRequest}
        if self.once:
            found |= {MalformedRequest, InvalidRequest}
        if self.query:
            found.add(InvalidRequest)
        if named:
            found.add(NotFound)
        if self.conditional:
            found.add(PreconditionFailed)
        return sorted(found, key=lambda failure: failure.status.value)
