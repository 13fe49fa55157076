"""HTTP/1.1 requests as bytes (RFC 9112): strict, bounded, and free of sockets."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

HEAD_LIMIT = 32_768  # bytes of request line and headers: the limits of the cloud host's web server
LINE_LIMIT = 8_192
HEADERS_LIMIT = 100

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_LINE = re.compile(rf"({_NAME}) ([!-~\x80-\xff]+) HTTP/1\.([01])\r\n")
_HEADER = re.compile(rf"({_NAME}):[ \t]*([^\x00\r\n]*?)[ \t]*\r\n")
_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Refused(Exception):
    """A request that is answered without being understood any further; the connection ends with it."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and headers.

    headers: names in lower case, values of repeated names joined with a comma.
    length: bytes of the body; `chunked` says that its length is not known in advance.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    length: int
    chunked: bool
    keep_alive: bool
    expects_continue: bool


def find_head(buffer: bytearray) -> int:
    """How many bytes the head takes, 0 while it is incomplete; raises Refused when it grows too long."""
    end = buffer.find(b"\r\n\r\n", 0, HEAD_LIMIT)
    if end >= 0:
        return end + 4
    if buffer.find(b"\r\n", 0, LINE_LIMIT) < 0 and len(buffer) > LINE_LIMIT:
        raise Refused(414, f"A request line may have {LINE_LIMIT} bytes.")
    if len(buffer) >= HEAD_LIMIT:
        raise Refused(431, f"Request line and headers may have {HEAD_LIMIT} bytes together.")
    return 0


def parse_head(data: bytes) -> Head:
    """Read a whole head; raises Refused for anything that RFC 9112 does not allow."""
    text = data.decode("latin-1")
    line = _LINE.match(text)
    if line is None:
        raise Refused(400, "The request line is not METHOD target HTTP/1.1.")
    if line.end() > LINE_LIMIT:
        raise Refused(414, f"A request line may have {LINE_LIMIT} bytes.")
    headers = _parse_headers(text, line.end())
    method, target, minor = line.groups()
    if minor == "1" and "host" not in headers:
        raise Refused(400, "The Host header is missing.")
    path, _, query = _ABSOLUTE.sub("", target, count=1).partition("?")
    connection = headers.get("connection", "").lower()
    return Head(
        method=method,
        path=path or "/",
        query=query,
        headers=headers,
        length=_content_length(headers.get("content-length", "0")),
        chunked="transfer-encoding" in headers,
        keep_alive="close" not in connection if minor == "1" else "keep-alive" in connection,
        expects_continue=headers.get("expect", "").lower() == "100-continue",
    )


def format_head(
    status: int, headers: Iterable[tuple[str, str]], *, length: int | None, date: str, close: bool
) -> bytes:
    """The head of a response; raises ValueError for a header that would break out of its line."""
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\ndate: {date}\r\n"]
    for name, value in headers:
        line = f"{name}: {value}\r\n"
        if _HEADER.fullmatch(line) is None:
            raise ValueError(f"Response header {name!r} has a character that no header may have.")
        lines.append(line)
    if length is not None:
        lines.append(f"content-length: {length}\r\n")
    lines.append("connection: close\r\n\r\n" if close else "\r\n")
    return "".join(lines).encode("latin-1")


def _parse_headers(text: str, start: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    position, number = start, 0
    end = len(text) - 2
    while position < end:
        header = _HEADER.match(text, position)
        if header is None:
            raise Refused(400, "A header line is not name: value.")
        name, value = header[1].lower(), header[2]
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
        position = header.end()
        number += 1
    if number > HEADERS_LIMIT:
        raise Refused(431, f"A request may have {HEADERS_LIMIT} headers.")
    return headers


def _content_length(text: str) -> int:
    """Repeated equal lengths count as one (RFC 9112, section 6.3)."""
    values = {value.strip() for value in text.split(",")}
    value = values.pop()
    if values or not value.isascii() or not value.isdigit() or len(value) > 18:  # noqa: PLR2004 - fits 64 bits
        raise Refused(400, "Content-Length is not one whole number.")
    return int(value)
