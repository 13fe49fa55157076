"""What was asked of a model and what it said, kept so that a refinement can be repeated without it."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from shared.ai.prices import cost_of


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Exchange(_Kept):
    """One call that was answered: `data` is what the model was told, `content` its words as they came.

    No key and no header is in it, and of people nothing but the request they wrote.
    """

    question: str
    prompt: str
    model: str
    seed: int
    data: str
    response_id: str
    request_id: str | None
    content: str | None
    tokens_read: int
    tokens_written: int

    @property
    def dollars(self) -> float | None:
        return cost_of(self.model, read=self.tokens_read, written=self.tokens_written)


class Transcript(_Kept):
    """The exchanges of one refinement, in order, those whose answer was of no use included."""

    exchanges: tuple[Exchange, ...] = ()

    @property
    def reader(self) -> str | None:
        """The model that read the request: the last to answer the first question."""
        readers = [e.model for e in self.exchanges if e.question == self.exchanges[0].question]
        return readers[-1] if readers else None

    @property
    def tokens(self) -> int:
        return sum(exchange.tokens_read + exchange.tokens_written for exchange in self.exchanges)

    @property
    def dollars(self) -> float | None:
        """None when any of the models has no known price: a part of a bill is not the bill."""
        costs = [exchange.dollars for exchange in self.exchanges]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None
