"""The language model: reads what people wrote, gives reasons from facts; always as structured output."""

from shared.ai.claims import SupportedClaim
from shared.ai.client import Model
from shared.ai.constraints import Budget, Constraints

__all__ = ["Budget", "Constraints", "Model", "SupportedClaim"]
