"""What is usual for a kind of place, where nobody has told us about the place itself.

Keys are Google's place types (Places API New, Table A). Minutes are our own estimates from guide books'
suggested visits, on the short side; a fact about the place replaces them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.messaging import SearchCategory


@dataclass(frozen=True, slots=True)
class Usual:
    """Minutes of a usual and of the shortest sensible visit; `indoor` None where it depends."""

    category: SearchCategory
    minutes: int
    shortest: int
    indoor: bool | None
    strenuous: bool = False


TYPES: Mapping[str, Usual] = MappingProxyType(
    {
        "museum": Usual("culture", 90, 45, indoor=True),
        "art_gallery": Usual("culture", 75, 40, indoor=True),
        "church": Usual("culture", 30, 15, indoor=True),
        "performing_arts_theater": Usual("culture", 60, 30, indoor=True),
        "opera_house": Usual("culture", 60, 30, indoor=True),
        "concert_hall": Usual("culture", 60, 30, indoor=True),
        "buddhist_temple": Usual("culture", 45, 20, indoor=False),
        "cultural_center": Usual("culture", 60, 30, indoor=True),
        "palace": Usual("culture", 90, 45, indoor=None),
        "hiking_area": Usual("nature", 150, 60, indoor=False, strenuous=True),
        "botanical_garden": Usual("nature", 90, 45, indoor=False),
        "national_park": Usual("nature", 180, 60, indoor=False),
        "wildlife_park": Usual("nature", 150, 90, indoor=False),
        "beach": Usual("nature", 90, 30, indoor=False),
        "marina": Usual("nature", 60, 30, indoor=False),
        "park": Usual("nature", 60, 20, indoor=False),
        "shopping_mall": Usual("shopping", 75, 30, indoor=True),
        "department_store": Usual("shopping", 60, 30, indoor=True),
        "market": Usual("shopping", 60, 30, indoor=None),
        "book_store": Usual("shopping", 40, 20, indoor=True),
        "gift_shop": Usual("shopping", 30, 15, indoor=True),
        "store": Usual("shopping", 40, 20, indoor=True),
        "spa": Usual("rest", 120, 90, indoor=True),
        "public_bath": Usual("rest", 120, 90, indoor=True),
        "sauna": Usual("rest", 120, 90, indoor=True),
        "garden": Usual("rest", 45, 20, indoor=False),
        "swimming_pool": Usual("sports", 120, 60, indoor=None, strenuous=True),
        "water_park": Usual("sports", 180, 120, indoor=None, strenuous=True),
        "sports_complex": Usual("sports", 90, 60, indoor=None, strenuous=True),
        "sports_activity_location": Usual("sports", 90, 60, indoor=None, strenuous=True),
        "adventure_sports_center": Usual("sports", 120, 60, indoor=None, strenuous=True),
        "ice_skating_rink": Usual("sports", 90, 60, indoor=None, strenuous=True),
        "bowling_alley": Usual("sports", 75, 45, indoor=True),
        "stadium": Usual("sports", 75, 45, indoor=False),
        "arena": Usual("sports", 75, 45, indoor=True),
        "gym": Usual("sports", 90, 60, indoor=True, strenuous=True),
        "zoo": Usual("sightseeing", 180, 120, indoor=False),
        "aquarium": Usual("sightseeing", 90, 60, indoor=True),
        "amusement_park": Usual("sightseeing", 240, 120, indoor=False),
        "observation_deck": Usual("sightseeing", 40, 20, indoor=None),
        "plaza": Usual("sightseeing", 25, 10, indoor=False),
        "monument": Usual("sightseeing", 25, 10, indoor=False),
        "sculpture": Usual("sightseeing", 15, 10, indoor=False),
        "historical_place": Usual("sightseeing", 45, 20, indoor=None),
        "historical_landmark": Usual("sightseeing", 45, 20, indoor=None),
        "castle": Usual("sightseeing", 90, 45, indoor=None),
        "tourist_attraction": Usual("sightseeing", 45, 20, indoor=None),
        "restaurant": Usual("food", 75, 45, indoor=True),
        "cafe": Usual("cafe", 30, 20, indoor=True),
        "coffee_shop": Usual("cafe", 30, 20, indoor=True),
        "laundry": Usual("laundry", 60, 45, indoor=True),
        "parking": Usual("parking", 5, 1, indoor=None),
        "train_station": Usual("transport", 10, 1, indoor=True),
        "airport": Usual("transport", 60, 30, indoor=True),
    }
)

SEARCHED: Mapping[SearchCategory, tuple[str, ...]] = MappingProxyType(
    {
        "sightseeing": (
            "tourist_attraction",
            "historical_landmark",
            "historical_place",
            "observation_deck",
            "plaza",
            "monument",
            "zoo",
            "aquarium",
        ),
        "culture": ("museum", "art_gallery", "church", "performing_arts_theater", "opera_house"),
        "nature": ("park", "hiking_area", "botanical_garden", "national_park", "wildlife_park", "beach"),
        "shopping": ("shopping_mall", "market", "department_store", "book_store", "store"),
        "sports": (
            "stadium",
            "arena",
            "swimming_pool",
            "sports_complex",
            "sports_activity_location",
            "adventure_sports_center",
            "water_park",
            "bowling_alley",
            "ice_skating_rink",
        ),
        "rest": ("spa", "public_bath", "sauna", "garden"),
        "food": ("restaurant",),
        "cafe": ("cafe", "coffee_shop"),
        "laundry": ("laundry",),
        "parking": ("parking",),
        "transport": ("train_station", "airport"),
    }
)
"""Which types a search for a category asks for."""

RADIUS: Mapping[SearchCategory, int] = MappingProxyType(
    {
        "sightseeing": 30_000,
        "culture": 25_000,
        "nature": 30_000,
        "shopping": 15_000,
        "sports": 30_000,
        "rest": 30_000,
        "food": 20_000,
        "cafe": 15_000,
        "laundry": 15_000,
        "parking": 30_000,
        "transport": 45_000,
    }
)
"""How far from the centre a search looks, in metres."""

LABELS: Mapping[SearchCategory, str] = MappingProxyType(
    {
        "sightseeing": "sights",
        "culture": "museums, churches and theatres",
        "nature": "parks and nature spots",
        "shopping": "shops and markets",
        "sports": "places for sports",
        "rest": "places to unwind",
        "food": "restaurants",
        "cafe": "cafés",
        "laundry": "laundries",
        "parking": "car parks",
        "transport": "stations and airports",
    }
)

VISIT_KINDS: tuple[SearchCategory, ...] = ("sightseeing", "culture", "nature", "shopping", "sports", "rest")
VISITS: frozenset[SearchCategory] = frozenset(VISIT_KINDS)
"""What one goes to for its own sake."""

TABLES: frozenset[SearchCategory] = frozenset(("food", "cafe"))
"""Where one eats, drinks and rests."""

PLANNED: tuple[SearchCategory, ...] = tuple(category for category in SEARCHED if category != "laundry")
"""The categories a plan needs."""
