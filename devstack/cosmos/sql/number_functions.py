"""Functions of numbers."""

import math

from devstack.cosmos.sql.signatures import Number, Signature, on_numbers


def _rounded(number: Number) -> Number:
    """To the nearest whole number, a half away from zero."""
    whole = math.floor(abs(number))
    return int(math.copysign(whole + (abs(number) - whole >= 0.5), number))  # noqa: PLR2004 - a half


def _sign(number: Number) -> Number:
    return (number > 0) - (number < 0)


NUMBERS: dict[str, Signature] = {
    "ABS": Signature(on_numbers(abs), 1, 1),
    "CEILING": Signature(on_numbers(math.ceil), 1, 1),
    "EXP": Signature(on_numbers(math.exp), 1, 1),
    "FLOOR": Signature(on_numbers(math.floor), 1, 1),
    "LOG": Signature(on_numbers(math.log), 1, 2),
    "LOG10": Signature(on_numbers(math.log10), 1, 1),
    "PI": Signature(on_numbers(lambda: math.pi), 0, 0),
    "POWER": Signature(on_numbers(math.pow), 2, 2),
    "ROUND": Signature(on_numbers(_rounded), 1, 1),
    "SIGN": Signature(on_numbers(_sign), 1, 1),
    "SQRT": Signature(on_numbers(math.sqrt), 1, 1),
    "SQUARE": Signature(on_numbers(lambda number: number * number), 1, 1),
    "TRUNC": Signature(on_numbers(math.trunc), 1, 1),
}
