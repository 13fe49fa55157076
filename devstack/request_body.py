"""Reading the body of a request that strangers sent: bounded in size and in time."""

import asyncio

from starlette.requests import ClientDisconnect, Request


class BodyRefused(Exception):
    """A request's body is too big, too slow or cut short; `status` is the HTTP status that says so."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


async def bounded_body(request: Request, *, limit: int, patience: float) -> bytes:
    """The body of a request, at most `limit` bytes within `patience` seconds; else BodyRefused."""
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise BodyRefused(413, f"The body exceeds {limit} bytes.")
    except TimeoutError as error:
        raise BodyRefused(408, f"The body did not arrive within {patience:g} seconds.") from error
    except ClientDisconnect as error:
        raise BodyRefused(400, "The body ended early.") from error
    return bytes(body)
