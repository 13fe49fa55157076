"""List prices of the map services per billed unit.

Google: Google Maps Platform core services pricing list, first volume band (to 100,000 units a month),
https://developers.google.com/maps/billing-and-pricing/pricing, as of November 2025. A request belongs to the
dearest SKU its field mask touches: ratings, hours and price levels are Enterprise, reviews and summaries
Enterprise + Atmosphere, everything else we ask for is Pro. A matrix is billed by element.
"""

from decimal import Decimal
from typing import Literal

type Sku = Literal[
    "Geocoding",
    "Time Zone",
    "Nearby Search Enterprise",
    "Text Search Enterprise",
    "Place Details Enterprise + Atmosphere",
    "Compute Routes Essentials",
    "Compute Routes Pro",
    "Compute Route Matrix Essentials",
    "Compute Route Matrix Pro",
    "free",
]

_USD_PER_THOUSAND: dict[Sku, str] = {
    "Geocoding": "5.00",
    "Time Zone": "5.00",
    "Nearby Search Enterprise": "35.00",
    "Text Search Enterprise": "35.00",
    "Place Details Enterprise + Atmosphere": "25.00",
    "Compute Routes Essentials": "5.00",
    "Compute Routes Pro": "10.00",
    "Compute Route Matrix Essentials": "5.00",
    "Compute Route Matrix Pro": "10.00",
    "free": "0",
}


def price_of(sku: Sku) -> Decimal:
    """US dollars for one unit."""
    return Decimal(_USD_PER_THOUSAND[sku]) / 1000
