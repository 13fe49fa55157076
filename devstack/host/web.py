"""HTTP triggers: one look-up, one regular expression, one invocation."""

from collections.abc import Callable
from urllib.parse import parse_qsl

from devstack.host.calls import Answer, Call
from devstack.host.configuration import HttpOptions
from devstack.host.connection import Incoming
from devstack.host.http1 import Head
from devstack.host.invocations import Invoker
from devstack.host.replies import problem, text_reply
from devstack.host.routes import Match, Router
from devstack.host.tracing import new_trace

_RESERVED = ("/admin/", "/runtime/")
_LOST = "The app's process ended while it worked on this request; another one starts. Ask again.\n"

type BuiltIn = Callable[[str, str], Answer | None]


class Web:
    """Answers requests from the app's HTTP functions; on paths of the host `built_in` has the word."""

    def __init__(self, router: Router, *, invoker: Invoker, options: HttpOptions, built_in: BuiltIn) -> None:
        self._router = router
        self._invoker = invoker
        self._options = options
        self._built_in = built_in
        self.outstanding = 0

    async def __call__(self, request: Incoming) -> Answer:
        """The answer to one request."""
        head = request.head
        match = None if head.path.startswith(_RESERVED) else self._router.find(head.method, head.path)
        if not isinstance(match, Match):
            return self._built_in(head.method, head.path) or _not_found(match, head.path)
        refusal = self._refuse(head)
        if refusal is not None:
            return refusal
        self.outstanding += 1
        try:
            return await self._invoke(request, match)
        except ConnectionResetError:
            return problem(400, "Incomplete request", "The connection ended before the body did.")
        finally:
            self.outstanding -= 1

    async def _invoke(self, request: Incoming, match: Match) -> Answer:
        head = request.head
        parent = head.headers.get("traceparent")
        call = Call(
            function=match.function,
            kind="http",
            trace=(parent, head.headers.get("tracestate", "")) if parent else new_trace(),
            body=request.body,
            facts=_facts(head, match),
            length=head.length,
            rest=request.rest() if request.left else None,
        )
        outcome = await self._invoker.invoke(call)
        if outcome.lost:
            return text_reply(502, _LOST)
        return outcome.answer or Answer(500, (), b"", 0)

    def _refuse(self, head: Head) -> Answer | None:
        """Requests that the cloud host would drop or refuse."""
        if head.chunked:
            detail = "A chunked request body reaches a Functions app as an empty one; send Content-Length."
            return problem(411, "Length required", detail)
        most = self._options.body_limit
        if head.length > most:
            return problem(413, "Content too large", f"A request body may have {most} bytes.")
        if 0 <= self._options.max_outstanding <= self.outstanding:
            detail = "maxOutstandingRequests of host.json is reached; ask again later."
            return problem(429, "Too many requests", detail)
        return None


def _not_found(allowed: frozenset[str] | None, path: str) -> Answer:
    """404, or 405 where only the method is wrong: the cloud host says 404 there too (its issue 10098)."""
    if allowed is None:
        return problem(404, "Not found", f"No function answers {path}.")
    names = ", ".join(sorted(allowed))
    detail = f"{path} answers {names} only; list the method in the function's route."
    return problem(405, "Method not allowed", detail, [("allow", names)])


def _facts(head: Head, match: Match) -> dict[str, object]:
    """The trigger's value but for the body; query parameters without a value are dropped."""
    host = head.headers.get("host", "localhost")
    values: dict[str, str] = {}
    for name, value in parse_qsl(head.query) if head.query else ():
        values[name] = f"{values[name]},{value}" if name in values else value
    target = f"{head.path}?{head.query}" if head.query else head.path
    return {
        "method": head.method,
        "url": f"http://{host}{target}",
        "headers": head.headers,
        "query": values,
        "params": match.parameters,
    }
