"""Ask the configured model for structured output, then the fallback, within the time there is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from pydantic import BaseModel

from shared.ai.claims import SupportedClaim, supported
from shared.ai.constraints import Constraints
from shared.ai.conversation import Conversation, readable
from shared.ai.questions import GIVE_REASONS, Question
from shared.ai.telling import asking
from shared.ai.transcript import Exchange
from shared.errors import Transient
from shared.identity import Identity

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion

logger = logging.getLogger(__name__)

LONGEST_ANSWER_TOKENS = 4_000
"""A model that reasons spends these on its thoughts too."""
SEED = 1
TOKEN_SCOPE = "https://cognitiveservices.azure.com/.default"  # noqa: S105 - names a resource

_UNUSABLE = (ValueError, LookupError, AttributeError, TypeError)
"""Raised by reading an answer that is no JSON (the client hands it out as text) or of another shape."""


class Model:
    """A chat model with structured outputs; `name` is the primary one, as plans record it.

    `key` is that of the service, or the identity whose tokens stand in for it.
    """

    def __init__(
        self,
        *,
        key: str | Identity,
        url: str | None,
        model: str,
        fallback: str | None,
        deadline_seconds: float,
    ) -> None:
        self.name = model
        self._key, self._url = key, url
        self._models = [model, *([fallback] if fallback else [])]
        self._deadline = deadline_seconds
        self._client: AsyncOpenAI | None = None

    def conversation(self) -> Conversation:
        """Questions that share one deadline and one transcript; importing the client does not count."""
        self._opened()
        return Conversation(self, seconds=self._deadline)

    async def read_requests(self, text: str) -> Constraints:
        """The constraints in a traveller's free text; `ModelUnavailable` when no model can give them."""
        return await self.conversation().read_requests(text)

    async def give_reasons(self, facts: Mapping[str, str]) -> tuple[SupportedClaim, ...]:
        """Why a place suits a party, from facts by id; only what they bear out, so it may be nothing.

        `ModelUnavailable` when no model gives a usable answer.
        """
        told = [{"id": name, "text": text} for name, text in facts.items()]
        return supported(await self.conversation().answer(GIVE_REASONS, {"facts": told}), facts)

    async def ask(self, question: Question[BaseModel], data: str, *, seconds: float) -> Sequence[Exchange]:
        """What the models said, one by one until one is usable; each gets an equal share of the rest."""
        ends, exchanges = monotonic() + seconds, []
        for waiting, model in enumerate(self._models):
            share = (ends - monotonic()) / (len(self._models) - waiting)
            try:
                with asking(model, question.name) as tell:
                    async with asyncio.timeout(share):
                        exchange = await self._ask(model, question, data)
                    tell(exchange)
            except TimeoutError:
                logger.warning("model %s did not answer within %.0f s", model, share)
                continue
            if exchange is not None:
                exchanges.append(exchange)
                if readable(question, exchange.content) is not None:
                    break
                logger.warning("model %s gave no usable answer: another shape", model)
        return exchanges

    async def _ask(self, model: str, question: Question[BaseModel], data: str) -> Exchange | None:
        import openai  # noqa: PLC0415 - a third of a second to import, and only workers need it

        try:
            completion = await self._opened().chat.completions.create(
                model=model,
                messages=[
                    {"role": "system", "content": question.instructions},
                    {"role": "user", "content": data},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {
                        "name": question.name,
                        "strict": True,
                        "schema": question.shape.model_json_schema(by_alias=True),
                    },
                },
                max_completion_tokens=LONGEST_ANSWER_TOKENS,
                seed=SEED,
            )
            return _exchange(completion, model=model, question=question, data=data)
        except (openai.OpenAIError, Transient, *_UNUSABLE) as error:
            # The class only: the message may quote the traveller.
            logger.warning("model %s gave no usable answer: %s", model, type(error).__name__)
            return None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _opened(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI  # noqa: PLC0415

        if self._client is None:
            logging.getLogger("openai").setLevel(logging.WARNING)  # lower levels log what travellers write
            key = self._key if isinstance(self._key, str) else _tokens_of(self._key)
            self._client = AsyncOpenAI(api_key=key, base_url=self._url, max_retries=1)
        return self._client


def _tokens_of(identity: Identity) -> Callable[[], Awaitable[str]]:
    """What the client asks before each request."""

    async def token() -> str:
        return (await identity.token(TOKEN_SCOPE)).token

    return token


def _exchange(
    completion: "ChatCompletion", *, model: str, question: Question[BaseModel], data: str
) -> Exchange:
    """`model` as it was asked for; the service may name the snapshot of it that answered."""
    usage = completion.usage
    return Exchange(
        question=question.name,
        prompt=question.prompt,
        model=model,
        seed=SEED,
        data=data,
        response_id=completion.id,
        request_id=getattr(completion, "_request_id", None),
        content=completion.choices[0].message.content,
        tokens_read=usage.prompt_tokens if usage else 0,
        tokens_written=usage.completion_tokens if usage else 0,
    )
