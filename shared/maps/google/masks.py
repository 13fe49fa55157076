"""Field masks: what is asked for is what is paid for."""

_PLACE = (
    "id",
    "displayName",
    "location",
    "types",
    "primaryType",
    "rating",
    "userRatingCount",
    "priceLevel",
    "accessibilityOptions.wheelchairAccessibleEntrance",
    "regularOpeningHours.periods",
    "currentOpeningHours.periods",
    "currentOpeningHours.specialDays",
    "businessStatus",
)
_MORE = (
    "formattedAddress",
    "internationalPhoneNumber",
    "websiteUri",
    "reviews",
    "editorialSummary",
)
FOUND = ",".join(f"places.{name}" for name in _PLACE)
PAGE = f"{FOUND},nextPageToken"
DETAILS = ",".join((*_PLACE, *_MORE))
ROUTE = "routes.duration,routes.distanceMeters"
TRANSIT_ROUTE = ",".join(
    (
        ROUTE,
        "routes.legs.steps.travelMode",
        "routes.legs.steps.distanceMeters",
        "routes.legs.steps.staticDuration",
    )
)
MATRIX = "originIndex,destinationIndex,condition,duration,distanceMeters,status"
