"""A web server that answers as told, one answer after the other, and remembers what it was asked."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """`trickle` seconds pass between the bytes of the body, `pause` before all; `until` holds it back."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0
    trickle: float = 0.0
    until: threading.Event | None = None


@dataclass
class Script:
    """The last answer is given again and again."""

    url: str
    answers: list[Answer]
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, path: str) -> Answer:
        with self.lock:
            answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
            self.asked.append(path)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        return answer

    def done(self) -> None:
        with self.lock:
            self.at_once -= 1


class _Handler(BaseHTTPRequestHandler):
    script: Script  # set by the class made for each server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.script.next(self.path)
        time.sleep(answer.pause)
        if answer.until is not None:
            answer.until.wait(30)
        self.script.done()  # before the answer: a client that has it may ask again at once
        try:
            self._give(answer)
        except OSError:
            self.close_connection = True  # the client has gone

    do_POST = do_GET  # noqa: N815 - the base class's name

    def _give(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not answer.trickle:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.trickle)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def scripted(*answers: Answer) -> Iterator[Script]:
    """Serve on a free port of loopback for the length of the block."""
    script = Script("", list(answers))
    handler = type("Handler", (_Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
