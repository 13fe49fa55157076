"""What a built-in function is, and how it is kept from arguments that it does not take."""

from collections.abc import Callable
from dataclasses import dataclass

from devstack.cosmos.values import UNDEFINED, Value, double

type Function = Callable[..., Value]
type Number = int | float


@dataclass(frozen=True, slots=True)
class Signature:
    """A function and how many arguments it takes."""

    function: Function
    least: int
    most: int


def number_of(value: Value) -> Number | None:
    """The value if it is a number; booleans are none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def on_numbers(function: Callable[..., Number]) -> Function:
    """Let the function see numbers only; no result where it has none, as for a division by zero."""

    def checked(*values: Value) -> Value:
        if any(number_of(value) is None for value in values):
            return UNDEFINED
        try:
            return double(function(*values))
        except (ArithmeticError, ValueError):
            return UNDEFINED

    return checked


def on_strings(function: Callable[..., Value]) -> Function:
    """Let the function see strings only."""

    def checked(*values: Value) -> Value:
        return function(*values) if all(isinstance(value, str) for value in values) else UNDEFINED

    return checked


def on_arrays(function: Callable[..., Value]) -> Function:
    """Let the function see arrays only."""

    def checked(*values: Value) -> Value:
        return function(*values) if all(isinstance(value, list) for value in values) else UNDEFINED

    return checked
