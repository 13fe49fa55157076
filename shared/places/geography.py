"""Which region a point belongs to, and which country its time zone tells."""

SINGLE_COUNTRY = {"Asia/Seoul": "KR"}
"""Zones of one country whose maps are another provider's (IANA, zone1970.tab)."""


def region_of(lat: float, lng: float) -> str:
    """The partition of the places around a point: its coordinates to a hundredth of a degree, about 1 km."""
    return f"at:{lat:z.2f},{lng:z.2f}"


def country_of(zone: str | None) -> str | None:
    """ISO 3166-1 alpha-2 where it decides who is asked, None where it makes no difference."""
    return SINGLE_COUNTRY.get(zone or "")
