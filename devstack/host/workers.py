"""One worker process as the front sees it: calls go out as frames, answers come back by number."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from itertools import count
from typing import Any

from devstack.host.calls import Answer, Call, Function, Outcome, Value
from devstack.host.errors import StartError
from devstack.host.frames import Channel, open_channel
from devstack.host.spawning import Spawned

_CANCEL_WITHIN = 1.0  # seconds for a cancelled function to end before it counts as stuck
_FAREWELL = 2.5  # seconds beyond the grace before a process is killed

_GONE = "its worker process ended"

type _Frame = tuple[dict[str, Any], bytes]


class _Parts:
    """The rest of one answer as it comes in; each part read lets the worker send another."""

    def __init__(self, left: int, *, ask: Callable[[], None], forget: Callable[[], None]) -> None:
        self.left = left
        self._ask = ask
        self._forget = forget
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(self, part: bytes | None) -> None:
        """Add a part, or None when no more can come."""
        self._parts.put_nowait(part)

    def __aiter__(self) -> "_Parts":
        return self

    async def __anext__(self) -> bytes:
        if not self.left:
            raise StopAsyncIteration
        part = await self._parts.get()
        if part is None:
            raise ConnectionResetError("The worker process ended in the middle of an answer.")
        self.left -= len(part)
        self._ask()
        return part

    def close(self) -> None:
        """See `Rest`."""
        self._forget()
        while not self._parts.empty():
            self._parts.get_nowait()
            self._ask()


class WorkerProcess:
    """A worker that serves one app; `lost` is set when its process has gone."""

    def __init__(self, process: Spawned) -> None:
        self.functions: list[Function] = []
        self.modules: list[str] = []
        self.lost = asyncio.Event()
        self.stuck = asyncio.Event()
        self._process = process
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[_Frame]] = {}
        self._parts: dict[int, _Parts] = {}
        self._indexed: asyncio.Future[_Frame] = asyncio.get_running_loop().create_future()
        self._channel: Channel

    async def load(self, end: socket.socket) -> None:
        """Wait until the app is indexed; raises StartError with the worker's words when it refuses."""
        self._channel = await open_channel(end, on_frame=self._take, on_lost=self._lose)
        head, _ = await self._indexed
        if head["t"] == "refused":
            raise StartError(head["why"])
        self.functions = [Function(name, trigger, outputs) for name, trigger, outputs in head["found"]]
        self.modules = head["modules"]

    @property
    def load_factor(self) -> int:
        """How many calls it works on."""
        return len(self._waiting) + len(self._parts)

    async def invoke(self, call: Call) -> Outcome:
        """Run one call; when cancelled the function is cancelled too."""
        if self.lost.is_set():
            return Outcome(ok=False, lost=True, error=_GONE)
        number = next(self._numbers)
        answer: asyncio.Future[_Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await self._send(number, call)
            return self._outcome(number, *await answer)
        except asyncio.CancelledError:
            await self._cancel(number, answer)
            raise
        finally:
            self._waiting.pop(number, None)

    async def stop(self, *, grace: float) -> None:
        """Let running calls finish within `grace` seconds, then end the process."""
        self._channel.send({"t": "stop", "grace": grace})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.lost.wait(), grace + _FAREWELL)
        await self.end()

    async def end(self) -> int:
        """The exit code, after SIGKILL if it still runs but no longer talks."""
        with contextlib.suppress(TimeoutError):
            if self.lost.is_set():
                return await asyncio.wait_for(self._process.wait(), _FAREWELL)
        self._process.kill()
        return await self._process.wait()

    async def _send(self, number: int, call: Call) -> None:
        head = {
            "t": "call",
            "id": number,
            "fn": call.function.name,
            "kind": call.kind,
            "facts": call.facts,
            "meta": call.metadata,
            "trace": call.trace,
            "n": call.length or len(call.body),
        }
        self._channel.send(head, call.body)
        if call.rest is not None:
            async for part in call.rest:
                self._channel.send({"t": "body", "id": number}, part)
                await self._channel.drain()

    async def _cancel(self, number: int, answer: asyncio.Future[_Frame]) -> None:
        """Cancel a function; one that does not heed it keeps the worker from being trusted further."""
        if answer.done() and not answer.cancelled():
            return
        settled: asyncio.Future[_Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = settled
        self._channel.send({"t": "cancel", "id": number})
        try:
            await asyncio.wait_for(settled, _CANCEL_WITHIN)
        except TimeoutError:
            self.stuck.set()

    def _take(self, head: dict[str, Any], body: bytes) -> None:
        match head["t"]:
            case "done":
                answer = self._waiting.get(head["id"])
                if answer is not None and not answer.done():
                    self._expect_rest(head, len(body))
                    answer.set_result((head, body))
            case "rest":
                if parts := self._parts.get(head["id"]):
                    parts.put(body)
                else:
                    self._ask_for_more(head["id"])  # nobody reads: let the worker run dry
            case _:
                if not self._indexed.done():
                    self._indexed.set_result((head, body))

    def _lose(self) -> None:
        self.lost.set()
        gone = {"ok": False, "lost": True, "error": _GONE, "place": ""}
        for answer in [*self._waiting.values(), self._indexed]:
            if not answer.done():
                answer.set_result(({"t": "refused", "why": "The worker process ended.", **gone}, b""))
        for parts in self._parts.values():
            parts.put(None)

    def _outcome(self, number: int, head: dict[str, Any], body: bytes) -> Outcome:
        if not head["ok"]:
            return Outcome(ok=False, error=head["error"], place=head["place"], lost=head.get("lost", False))
        outputs, start = {}, 0
        for name, kind, length in head["outputs"]:
            outputs[name] = Value(kind, body[start : start + length])
            start += length
        if "status" not in head:
            return Outcome(ok=True, outputs=outputs)
        content = body[start:] if start else body
        rest = self._parts.get(number)
        answer = Answer(head["status"], head["headers"], content, head["n"], rest)
        return Outcome(ok=True, answer=answer, outputs=outputs)

    def _expect_rest(self, head: dict[str, Any], length: int) -> None:
        """Be ready for the frames that follow an answer, which may be here already."""
        here = length - sum(length for _, _, length in head.get("outputs", ()))
        if head.get("n", 0) > here:
            number = head["id"]
            self._parts[number] = _Parts(
                head["n"] - here,
                ask=lambda: self._ask_for_more(number),
                forget=lambda: self._forget(number),
            )

    def _forget(self, number: int) -> None:
        self._parts.pop(number, None)

    def _ask_for_more(self, number: int) -> None:
        self._channel.send({"t": "more", "id": number})
