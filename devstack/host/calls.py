"""What travels between front and worker: a call of a function, and what came of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

type Trace = tuple[str, str]  # W3C traceparent and tracestate
type Metadata = Mapping[str, tuple[str, str]]  # name → type (`string` or `json`) and value


@dataclass(frozen=True, slots=True)
class Function:
    """One indexed function: its bindings as the worker reports them, the trigger set apart."""

    name: str
    trigger: Mapping[str, Any]
    outputs: Sequence[Mapping[str, Any]] = ()

    @property
    def kind(self) -> str:
        """The trigger's kind without its suffix: `http`, `timer`, `serviceBus`, …"""
        return str(self.trigger["type"]).removesuffix("Trigger")


@dataclass(frozen=True, slots=True)
class Call:
    """A trigger's value for a function.

    kind: `http` (`facts` is the request, the body its content), `string`, `bytes` or `json` (the body is the
    value), or `batch` (the body is all values in a row, `facts["lengths"]` says where they end).
    rest: the body's further bytes; `length` counts all of them.
    """

    function: Function
    kind: str
    trace: Trace
    body: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)
    length: int = 0
    rest: AsyncIterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """An encoded return value or output: `string`, `bytes` or `json`."""

    type: str
    content: bytes


class Rest(Protocol):
    """The further bytes of an answer: iterate over them, and close in the end, read or not."""

    def __aiter__(self) -> "Rest": ...

    async def __anext__(self) -> bytes:
        """The next part; raises ConnectionResetError when the worker process has ended."""
        ...

    def close(self) -> None:
        """Drop what is still to come."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `rest` has the bytes after `body`, `length` counts all of them."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    length: int
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    error: the exception as text, `place` the app's line behind it.
    lost: the worker process ended meanwhile, or none can be had.
    outputs: values by the name of their binding; a return value that is a message goes by `$return`.
    """

    ok: bool
    answer: Answer | None = None
    outputs: Mapping[str, Value] = field(default_factory=dict)
    error: str = ""
    place: str = ""
    lost: bool = False
