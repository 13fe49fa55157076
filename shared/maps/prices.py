"""List prices of the map services per billed unit.

Google: "Google Maps Platform core services pricing list", in force since 1 March 2025, US dollars, the band
up to 100,000 billable events a month, https://developers.google.com/maps/billing-and-pricing/pricing. A
request belongs to the dearest SKU that its field mask touches: ratings, hours and prices are Enterprise,
reviews and summaries Enterprise + Atmosphere; traffic makes a route Pro. A matrix is billed by element.
Kakao is free within its daily quota, https://developers.kakao.com/docs/latest/en/getting-started/quota.
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
}


def price_of(sku: Sku, units: int = 1) -> Decimal:
    """US dollars for so many units."""
    return Decimal(_USD_PER_THOUSAND[sku]) / 1000 * units
