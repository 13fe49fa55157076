"""What the tokens of a model cost; of a model that is not listed only the tokens are counted.

US dollars for a million tokens at list price, compared with public tables on 2026-11-28; check against
https://developers.openai.com/api/docs/pricing, and for Azure the bill. Tokens read from the service's cache
are counted in full, so the sum is the most it can be.
"""

import re
from dataclasses import dataclass

MILLION = 1_000_000
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """US dollars for a million tokens read and written."""

    read: float
    written: float


PRICES = {
    "gpt-4o": TokenPrice(2.50, 10.00),
    "gpt-4o-mini": TokenPrice(0.15, 0.60),
    "gpt-4.1": TokenPrice(2.00, 8.00),
    "gpt-4.1-mini": TokenPrice(0.40, 1.60),
    "gpt-4.1-nano": TokenPrice(0.10, 0.40),
    "gpt-5": TokenPrice(1.25, 10.00),
    "gpt-5-mini": TokenPrice(0.25, 2.00),
    "gpt-5-nano": TokenPrice(0.05, 0.40),
}


def cost_of(model: str, *, read: int, written: int) -> float | None:
    """US dollars for so many tokens; None without a known price. A dated snapshot costs the same."""
    price = PRICES.get(_SNAPSHOT.sub("", model))
    return None if price is None else (read * price.read + written * price.written) / MILLION
