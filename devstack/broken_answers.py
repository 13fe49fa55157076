"""Answers that break on their way: cut in the middle of the connection or of the JSON."""

from starlette.types import Message, Send


class Halved:
    """Sends half the body of an answer as if it were all: well-formed HTTP around broken JSON."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        half = self._body[: len(self._body) // 2]
        kept = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
        headers = [*kept, (b"content-length", str(len(half)).encode())]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": half})


async def cut(send: Send) -> None:
    """Promise more bytes than come: the server closes the connection and the client sees it break."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
