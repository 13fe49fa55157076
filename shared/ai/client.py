"""Ask the configured model for structured output, then the fallback, within one deadline."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from shared.ai.claims import ClaimsAnswer, SupportedClaim, supported
from shared.ai.constraints import Answer, Constraints, believed
from shared.errors import ModelUnavailable

if TYPE_CHECKING:
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)

PROMPTS = Path(__file__).parent / "prompts"
LONGEST_TEXT = 500
LONGEST_ANSWER_TOKENS = 4_000
"""A model that reasons spends these on its thoughts too."""


_UNUSABLE = (ValueError, LookupError, AttributeError, TypeError)
"""Raised by reading an answer that is no JSON (the client hands it out as text) or of another shape."""


@dataclass(frozen=True, slots=True)
class Question[A: BaseModel]:
    """What a model is told to do, by the name of its prompt, and the shape of its answer."""

    name: str
    prompt: str
    shape: type[A]


READ_REQUESTS = Question("travel_constraints", "travel_constraints.v1.md", Answer)
GIVE_REASONS = Question("place_recommendation", "place_recommendation.v1.md", ClaimsAnswer)


class Model:
    """A chat model with structured outputs; `name` is the primary one, as plans record it."""

    def __init__(
        self, *, key: str, url: str | None, model: str, fallback: str | None, deadline_seconds: float
    ) -> None:
        self.name = model
        self._key, self._url = key, url
        self._models = [model, *([fallback] if fallback else [])]
        self._deadline = deadline_seconds
        self._client: AsyncOpenAI | None = None

    async def read_requests(self, text: str) -> Constraints:
        """The constraints in a traveller's free text; `ModelUnavailable` when no model gives a usable answer.

        The text travels as data, never as instructions, and only what it supports is believed.
        """
        text = text[:LONGEST_TEXT]
        return believed(await self._answer(READ_REQUESTS, {"specialRequests": text}), text)

    async def give_reasons(self, facts: Mapping[str, str]) -> tuple[SupportedClaim, ...]:
        """Why a place suits a party, from facts by id; only what they bear out, so it may be nothing.

        `ModelUnavailable` when no model gives a usable answer.
        """
        told = [{"id": name, "text": text} for name, text in facts.items()]
        return supported(await self._answer(GIVE_REASONS, {"facts": told}), facts)

    async def _answer[A: BaseModel](self, question: Question[A], data: Mapping[str, object]) -> A:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._first_answer(question, json.dumps(data, ensure_ascii=False))
        except TimeoutError:
            raise ModelUnavailable("The language model did not answer in time.") from None

    async def _first_answer[A: BaseModel](self, question: Question[A], data: str) -> A:
        share = self._deadline / len(self._models)
        for model in self._models:
            try:
                async with asyncio.timeout(share):
                    answer = await self._ask(model, question, data)
            except TimeoutError:
                logger.warning("model %s did not answer within %.0f s", model, share)
                continue
            if answer is not None:
                return answer
        raise ModelUnavailable("The language model gave no usable answer.")

    async def _ask[A: BaseModel](self, model: str, question: Question[A], data: str) -> A | None:
        import openai  # noqa: PLC0415 - a third of a second to import, and only workers need it

        try:
            completion = await self._opened().chat.completions.create(
                model=model,
                messages=[
                    {"role": "system", "content": (PROMPTS / question.prompt).read_text(encoding="utf-8")},
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
                seed=1,
            )
            return question.shape.model_validate_json(completion.choices[0].message.content or "")
        except (openai.OpenAIError, *_UNUSABLE) as error:
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
            self._client = AsyncOpenAI(api_key=self._key, base_url=self._url, max_retries=1)
        return self._client
