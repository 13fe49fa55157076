"""What a call of the model tells operators: how long, how many tokens, what it cost; never what was said.

Names are those of https://opentelemetry.io/docs/specs/semconv/gen-ai/.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.ai.transcript import Exchange
from shared.errors import ModelUnavailable
from shared.telemetry import meters, span, timed

type Tell = Callable[[Exchange | None], None]
SERVICE = "model"


@contextmanager
def asking(model: str, question: str) -> Iterator[Tell]:
    """A span and a measurement around one call; give the answer, or None when there is no usable one."""
    known = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model}
    noted = {**known, "peer.service": SERVICE, "tripgen.operation": question}
    with (
        span(f"chat {model}", kind="client", attributes=noted) as current,
        timed(meters.MODEL_SECONDS, known) as measured,
    ):

        def tell(exchange: Exchange | None) -> None:
            if exchange is None:
                measured["error.type"] = "unusable"
                current.failed(ModelUnavailable("The language model gave no usable answer."))
                return
            current.note(
                {
                    "gen_ai.usage.input_tokens": exchange.tokens_read,
                    "gen_ai.usage.output_tokens": exchange.tokens_written,
                }
            )
            _count(exchange, known)

        yield tell


def _count(exchange: Exchange, known: dict[str, str]) -> None:
    meters.MODEL_TOKENS.record(exchange.tokens_read, {**known, "gen_ai.token.type": "input"})
    meters.MODEL_TOKENS.record(exchange.tokens_written, {**known, "gen_ai.token.type": "output"})
    if exchange.dollars:
        meters.COST.add(exchange.dollars, {"peer.service": SERVICE, "tripgen.operation": exchange.question})
