"""The language model: reads requests, scores places, gives reasons; always as structured output."""

from shared.ai.claims import SupportedClaim
from shared.ai.client import Model
from shared.ai.constraints import Budget, Constraints
from shared.ai.conversation import Conversation, Recorded
from shared.ai.remarks import Remark
from shared.ai.scores import Score, Sight
from shared.ai.transcript import Exchange, Transcript

__all__ = [
    "Budget",
    "Constraints",
    "Conversation",
    "Exchange",
    "Model",
    "Recorded",
    "Remark",
    "Score",
    "Sight",
    "SupportedClaim",
    "Transcript",
]
