"""HTTP/1.1 requests as bytes: read by llhttp, bounded here, and free of sockets."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

import httptools

HEAD_LIMIT = 32_768  # bytes of request line and headers: the limits of the cloud host's web server
LINE_LIMIT = 8_192
HEADERS_LIMIT = 100
LINE_TOO_LONG = f"A request line, with its path and query, may have {LINE_LIMIT} bytes. Send a shorter query."

_FIELD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t -~\x80-\xff]*")
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


class _Seen:
    """What the parser calls back with."""

    def __init__(self) -> None:
        self.target = ""
        self.headers: dict[str, str] = {}
        self.number = 0
        self.complete = False

    def on_url(self, url: bytes) -> None:
        """May come in pieces."""
        self.target += url.decode("latin-1")

    def on_header(self, name_bytes: bytes, value_bytes: bytes) -> None:
        """Once per header line."""
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1")
        self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        self.number += 1

    def on_headers_complete(self) -> None:
        """At the empty line."""
        self.complete = True


def find_head(buffer: bytearray) -> int:
    """How many bytes the head takes, 0 while it is incomplete; raises Refused when it cannot become one."""
    end = buffer.find(b"\r\n\r\n", 0, HEAD_LIMIT)
    if end >= 0:
        return end + 4
    line = buffer.find(b"\n", 0, LINE_LIMIT)
    if line < 0 and len(buffer) > LINE_LIMIT:
        raise Refused(414, LINE_TOO_LONG)
    if line == 0 or (line > 0 and buffer[line - 1] != ord("\r")):
        raise Refused(400, "Lines end with carriage return and line feed.")
    if len(buffer) >= HEAD_LIMIT:
        raise Refused(431, f"Request line and headers may have {HEAD_LIMIT} bytes together.")
    return 0


def parse_head(data: bytes) -> Head:
    """Read a whole head; raises Refused for anything that RFC 9112 does not allow."""
    seen = _Seen()
    parser = httptools.HttpRequestParser(seen)
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        pass  # answered as if it had not been asked for
    except httptools.HttpParserError as error:
        raise Refused(400, f"This is not HTTP/1.1: {error}.") from error
    version = parser.get_http_version()
    _check(seen, version, data)
    path, _, query = _ABSOLUTE.sub("", seen.target, count=1).partition("?")
    headers = seen.headers
    return Head(
        method=parser.get_method().decode("ascii"),
        path=path or "/",
        query=query,
        headers=headers,
        length=int(headers.get("content-length", 0)),
        chunked="transfer-encoding" in headers,
        keep_alive=version == "1.1" and "close" not in headers.get("connection", "").lower(),
        expects_continue=headers.get("expect", "").lower() == "100-continue",
    )


def format_head(
    status: int, headers: Iterable[tuple[str, str]], *, length: int | None, date: str, close: bool
) -> bytes:
    """The head of a response; raises ValueError for what no client could read as one."""
    if not 200 <= status <= 599:  # noqa: PLR2004 - final answers, RFC 9110 section 15
        raise ValueError(f"Response status {status} is not between 200 and 599.")
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}", f"date: {date}"]
    for name, value in headers:
        line = f"{name}: {value}"
        if _FIELD.fullmatch(line) is None:
            raise ValueError(f"Response header {name!r} has a character that no header may have.")
        lines.append(line)
    if length is not None:
        lines.append(f"content-length: {length}")
    lines.append("connection: close\r\n\r\n" if close else "\r\n")
    return "\r\n".join(lines).encode("latin-1")


def _check(seen: _Seen, version: str, data: bytes) -> None:
    """The rules that the parser leaves to the server."""
    if not seen.complete or version not in ("1.0", "1.1"):
        raise Refused(400, "The request line is not METHOD target HTTP/1.1.")
    if data.find(b"\r\n") > LINE_LIMIT:
        raise Refused(414, LINE_TOO_LONG)
    if seen.number > HEADERS_LIMIT:
        raise Refused(431, f"A request may have {HEADERS_LIMIT} headers.")
    if version == "1.1" and seen.headers.get("host", ",").find(",") >= 0:
        raise Refused(400, "The Host header is missing or given twice.")
