"""The language model: reads what people wrote into constraints, always as structured output."""

from shared.ai.client import Model
from shared.ai.constraints import Budget, Constraints

__all__ = ["Budget", "Constraints", "Model"]
