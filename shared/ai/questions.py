"""The questions a model is asked: the name, the versioned prompt and the shape of the answer of each."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from shared.ai.claims import ClaimsAnswer
from shared.ai.constraints import Answer
from shared.ai.remarks import RemarksAnswer
from shared.ai.scores import ScoresAnswer

PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True)
class Question[A: BaseModel]:
    """What a model is told to do, by the file of its prompt, and the shape of its answer."""

    name: str
    prompt: str
    shape: type[A]

    @property
    def instructions(self) -> str:
        return (PROMPTS / self.prompt).read_text(encoding="utf-8")


READ_REQUESTS = Question("travel_constraints", "travel_constraints.v1.md", Answer)
SCORE_PLACES = Question("place_scores", "place_scores.v1.md", ScoresAnswer)
REMARK_ON_PLACES = Question("place_remarks", "place_remarks.v1.md", RemarksAnswer)
GIVE_REASONS = Question("place_recommendation", "place_recommendation.v1.md", ClaimsAnswer)
