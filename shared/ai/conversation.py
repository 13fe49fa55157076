"""The questions of one refinement, within one deadline, and their transcript, which can answer them again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from time import monotonic
from typing import Protocol

from pydantic import BaseModel

from shared.ai.constraints import Constraints, believed
from shared.ai.questions import READ_REQUESTS, REMARK_ON_PLACES, SCORE_PLACES, Question
from shared.ai.remarks import FactsByPlace, Remark, grounded
from shared.ai.scores import Score, Sight, bounded
from shared.ai.transcript import Exchange, Transcript
from shared.errors import ModelUnavailable

LONGEST_TEXT = 500


class Source(Protocol):
    """Where answers come from: a model, or a transcript."""

    async def ask(self, question: Question[BaseModel], data: str, *, seconds: float) -> Sequence[Exchange]:
        """The exchanges the question took, the last of them usable if any was; takes at most `seconds`."""
        ...


class Recorded:
    """A kept transcript: gives for the same question about the same data what was said then."""

    def __init__(self, transcript: Transcript) -> None:
        self._exchanges = transcript.exchanges

    async def ask(self, question: Question[BaseModel], data: str, *, seconds: float) -> Sequence[Exchange]:
        asked = (question.name, question.prompt, data)
        return [kept for kept in self._exchanges if (kept.question, kept.prompt, kept.data) == asked]


class Conversation:
    """Asks one question after another; all waits together take at most `seconds`."""

    def __init__(self, source: Source, *, seconds: float) -> None:
        self._source, self._left = source, seconds
        self._exchanges: list[Exchange] = []

    @property
    def transcript(self) -> Transcript:
        return Transcript(exchanges=tuple(self._exchanges))

    async def read_requests(self, text: str) -> Constraints:
        """The constraints in a traveller's free text; `ModelUnavailable` when there is no usable answer.

        The text travels as data, never as instructions, and only what it supports is believed.
        """
        text = text[:LONGEST_TEXT]
        return believed(await self.answer(READ_REQUESTS, {"specialRequests": text}), text)

    async def score(self, text: str, sights: Sequence[Sight]) -> dict[str, Score]:
        """How well places fit the text, by their ids, within bounds; `ModelUnavailable` as above."""
        data = {"specialRequests": text[:LONGEST_TEXT], "places": [asdict(sight) for sight in sights]}
        return bounded(await self.answer(SCORE_PLACES, data), sights)

    async def remark(self, facts: FactsByPlace) -> dict[str, Remark]:
        """Reasons and tips by place, only what its facts bear out; `ModelUnavailable` as above."""
        told = [
            {"id": place, "facts": [{"id": name, "text": text} for name, text in known.items()]}
            for place, known in facts.items()
        ]
        return grounded(await self.answer(REMARK_ON_PLACES, {"places": told}), facts)

    async def answer[A: BaseModel](self, question: Question[A], data: Mapping[str, object]) -> A:
        """The usable answer to a question; `ModelUnavailable` when there is none in the time that is left."""
        if self._left <= 0:
            raise ModelUnavailable("The language model took all the time there is.")
        began = monotonic()
        asked = Question[BaseModel](question.name, question.prompt, question.shape)
        exchanges = await self._source.ask(asked, json.dumps(data, ensure_ascii=False), seconds=self._left)
        self._left -= monotonic() - began
        self._exchanges += exchanges
        answer = readable(question, exchanges[-1].content) if exchanges else None
        if answer is None:
            raise ModelUnavailable("The language model gave no usable answer.")
        return answer


def readable[A: BaseModel](question: Question[A], content: str | None) -> A | None:
    """The answer in a model's words; None when they have another shape, or there are none."""
    try:
        return question.shape.model_validate_json(content or "")
    except ValueError:
        return None
