"""The worker process: loads one app, runs the calls that the front sends, and answers in frames."""

import asyncio
import gc
import io
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from devstack.host import datums
from devstack.host.errors import StartError
from devstack.host.frames import CHUNK, WINDOW, Channel, open_channel
from devstack.host.worker import Invoked, Worker

_THREADS_FAREWELL = 1.0  # seconds for synchronous functions that outlived the drain


class _Serving:
    """One app and the calls it is working on."""

    def __init__(self, app: Path) -> None:
        self._worker = Worker(app)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._arriving: dict[int, tuple[dict[str, Any], io.BytesIO]] = {}
        self._windows: dict[int, asyncio.Semaphore] = {}
        self._told = asyncio.Event()
        self._hung_up = asyncio.Event()
        self._grace = 0.0
        self.channel: Channel

    async def run(self, end: socket.socket) -> int:
        """Load, answer calls until told to stop or let go; the exit code."""
        self.channel = await open_channel(end, on_frame=self._take, on_lost=self._lose)
        gc.disable()  # next to nothing of what an import makes is garbage, and looking for it takes time
        try:
            found = await self._worker.load()
        except StartError as error:
            self.channel.send({"t": "refused", "why": str(error)})
            return 0
        gc.enable()
        functions = [[function.name, function.trigger, function.outputs] for function in found]
        self.channel.send({"t": "functions", "found": functions, "modules": _installed_modules()})
        await self._told.wait()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self._grace)
        self.channel.close()
        await self._hung_up.wait()  # what was sent is on its way
        return 0 if await self._threads_end() else 1

    def _lose(self) -> None:
        self._told.set()
        self._hung_up.set()

    def _take(self, head: dict[str, Any], body: bytes) -> None:
        match head["t"]:
            case "call" if len(body) == head["n"]:
                self._start(head, body)
            case "call":
                arrived = io.BytesIO()
                arrived.write(body)
                self._arriving[head["id"]] = (head, arrived)
            case "body":
                self._append(head["id"], body)
            case "more":
                if window := self._windows.get(head["id"]):
                    window.release()
            case "cancel":
                self._cancel(head["id"])
            case _:
                self._grace = head["grace"]
                self._told.set()

    def _append(self, number: int, body: bytes) -> None:
        if number not in self._arriving:
            return
        head, arrived = self._arriving[number]
        arrived.write(body)
        if arrived.tell() == head["n"]:
            del self._arriving[number]
            self._start(head, arrived.getvalue())

    def _start(self, head: dict[str, Any], body: bytes) -> None:
        task = asyncio.create_task(self._answer(head, body))
        number = head["id"]
        self._running[number] = task
        task.add_done_callback(lambda _: self._running.pop(number, None))

    def _cancel(self, number: int) -> None:
        self._arriving.pop(number, None)
        if number in self._running:
            self._running[number].cancel()
        else:
            self._fail(number, "cancelled")

    def _fail(self, number: int, error: str, place: str = "") -> None:
        self.channel.send({"t": "done", "id": number, "ok": False, "error": error, "place": place})

    async def _answer(self, head: dict[str, Any], body: bytes) -> None:
        number = head["id"]
        try:
            value = datums.trigger_value(head["kind"], head["facts"], body)
            del body
            metadata = datums.trigger_metadata(head["meta"])
            invoked = await self._worker.invoke(head["fn"], value, metadata, head["trace"])
            del value
            if not invoked.ok:
                self._fail(number, invoked.error, invoked.place)
            elif head["kind"] == "http":
                await self._send_answer(number, invoked)
            else:
                self._send_outputs(number, invoked)
        except asyncio.CancelledError:
            self._fail(number, "cancelled")
        except Exception as error:  # noqa: BLE001 - a value that cannot be encoded must not leave a call open
            self._fail(number, f"its result cannot be used: {error!r}")
        finally:
            self._windows.pop(number, None)

    async def _send_answer(self, number: int, invoked: Invoked) -> None:
        status, headers, content = datums.answer_head(invoked.result)
        outputs, payload = _outputs(invoked)
        view = memoryview(content)
        head = {"t": "done", "id": number, "ok": True, "outputs": outputs, "n": len(view)}
        self.channel.send({**head, "status": status, "headers": headers}, payload + view[:CHUNK])
        if len(view) > CHUNK:
            window = self._windows[number] = asyncio.Semaphore(WINDOW)
            for start in range(CHUNK, len(view), CHUNK):
                await window.acquire()
                self.channel.send({"t": "rest", "id": number}, view[start : start + CHUNK])
                await self.channel.drain()

    def _send_outputs(self, number: int, invoked: Invoked) -> None:
        outputs, payload = _outputs(invoked)
        if invoked.result is not None and invoked.result.type is not None:
            value = datums.encode(invoked.result)
            outputs.append(("$return", value.type, len(value.content)))
            payload += value.content
        self.channel.send({"t": "done", "id": number, "ok": True, "outputs": outputs}, payload)

    async def _threads_end(self) -> bool:
        """Whether the threads of synchronous functions have come to their end."""
        try:
            async with asyncio.timeout(_THREADS_FAREWELL):
                await asyncio.to_thread(self._worker.stop)
        except TimeoutError:
            return False
        return True


def _outputs(invoked: Invoked) -> tuple[list[tuple[str, str, int]], bytes]:
    values = [(name, datums.encode(datum)) for name, datum in invoked.outputs]
    described = [(name, value.type, len(value.content)) for name, value in values]
    return described, b"".join(value.content for _, value in values)


def run_worker(end: socket.socket, app: Path, *, front_gone: Callable[[], None]) -> NoReturn:
    """Be a worker process until the front lets go; `front_gone` returns when that process has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the front decides
    threading.Thread(target=_die_with_the_front, args=(front_gone,), daemon=True).start()
    _configure_logging()
    code = asyncio.run(_Serving(app).run(end))
    sys.stdout.flush()
    os._exit(code)  # a synchronous function that never returns would hold up the interpreter's exit


def _die_with_the_front(front_gone: Callable[[], None]) -> None:
    """In a thread, because a loop that is blocked would not notice."""
    front_gone()
    os._exit(1)


def _stdin_ends() -> None:
    """Standard input is a pipe that only the front holds."""
    while os.read(0, 1):
        pass


def _configure_logging() -> None:
    """The app's own log at INFO on standard error, the libraries' only from WARNING."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for library in ("azure", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _installed_modules() -> list[str]:
    """Imported modules that belong to installed packages: a later worker may start with them in place."""
    return [
        name
        for name, module in list(sys.modules.items())
        if "site-packages" in (getattr(module, "__file__", None) or "") and "__main__" not in name
    ]


if __name__ == "__main__":
    run_worker(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), front_gone=_stdin_ends)
