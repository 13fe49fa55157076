"""The independent checker: reads a plan document and judges it by the product rules, knowing no optimiser."""

from shared.schedules.planning.checker.registry import check

__all__ = ["check"]
