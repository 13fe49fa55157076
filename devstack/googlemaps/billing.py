"""What Google would bill: the SKU of a request is the dearest tier among its fields and options.

Follows https://developers.google.com/maps/documentation/places/web-service/data-fields and
https://developers.google.com/maps/documentation/routes/usage-and-billing.
"""

from collections.abc import Mapping
from typing import Any

from devstack.googlemaps.masks import Tree

TIERS = ("idsOnly", "essentials", "pro", "enterprise", "enterpriseAtmosphere")
IDS_ONLY = frozenset({"id", "name", "attributions", "photos", "nextPageToken"})
ESSENTIALS = frozenset(
    {"addressComponents", "addressDescriptor", "adrFormatAddress", "formattedAddress", "location", "plusCode"}
    | {"postalAddress", "shortFormattedAddress", "types", "viewport"}
)
PRO = frozenset(
    {"accessibilityOptions", "businessStatus", "containingPlaces", "displayName", "googleMapsLinks"}
    | {"googleMapsUri", "iconBackgroundColor", "iconMaskBaseUri", "primaryType", "primaryTypeDisplayName"}
    | {"pureServiceAreaBusiness", "subDestinations", "utcOffsetMinutes", "timeZone", "searchUri"}
    | {"movedPlace", "movedPlaceId", "openingDate"}
)
ENTERPRISE = frozenset(
    {"currentOpeningHours", "currentSecondaryOpeningHours", "internationalPhoneNumber"}
    | {"nationalPhoneNumber", "priceLevel", "priceRange", "rating", "regularOpeningHours"}
    | {"regularSecondaryOpeningHours", "userRatingCount", "websiteUri"}
)
MAX_BASIC_INTERMEDIATES = 10
TRAFFIC = {"TRAFFIC_AWARE", "TRAFFIC_AWARE_OPTIMAL"}


def place_tier(fields: Tree) -> str:
    """The tier of Place Details for a mask; an empty one asks for everything."""
    return TIERS[max((_tier(name) for name in fields), default=len(TIERS) - 1)]


def search_tier(mask: Tree, *, nearby: bool) -> str:
    """The tier of a search: `pro` at least, but a text search for ids alone is cheaper."""
    places = mask.get("places")
    others = [_tier(name) for name in mask if name not in {"places", "routingSummaries"}]
    inside = [] if places is None and mask else [TIERS.index(place_tier(places or {}))]
    routed = [len(TIERS) - 1] if "routingSummaries" in mask else []
    tier = max([*others, *inside, *routed], default=0)
    return TIERS[tier] if tier == 0 and not nearby else TIERS[max(tier, TIERS.index("pro"))]


def route_tier(body: Mapping[str, Any]) -> str:
    """Enterprise for two-wheelers, pro for traffic, many stops or optimised order, else essentials."""
    if body.get("travelMode") == "TWO_WHEELER":
        return "enterprise"
    many = len(body.get("intermediates") or ()) > MAX_BASIC_INTERMEDIATES
    dear = body.get("routingPreference") in TRAFFIC or body.get("optimizeWaypointOrder")
    return "pro" if many or dear else "essentials"


def _tier(name: str) -> int:
    known = (IDS_ONLY, ESSENTIALS, PRO, ENTERPRISE)
    return next((tier for tier, fields in enumerate(known) if name in fields), len(TIERS) - 1)
