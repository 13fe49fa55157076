"""Regions and distances: pure arithmetic on coordinates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.maps.google.answers import box
from shared.messaging import SearchPlaces
from shared.places import metres_between, region_of

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@pytest.mark.parametrize(
    ("lat", "lng", "region"),
    [
        (48.1372, 11.5755, "at:48.14,11.58"),
        (-33.8688, 151.2093, "at:-33.87,151.21"),
        (40.7128, -74.006, "at:40.71,-74.01"),
        (0.0, 0.0, "at:0.00,0.00"),
        (-0.0, -0.0, "at:0.00,0.00"),
        (-0.001, -0.004, "at:0.00,0.00"),
        (0.004, -0.006, "at:0.00,-0.01"),
        (-90.0, -180.0, "at:-90.00,-180.00"),
    ],
)
def test_region_names_a_hundredth_of_a_degree_without_a_negative_zero(
    lat: float, lng: float, region: str
) -> None:
    assert region_of(lat, lng) == region


@given(lat=latitudes, lng=longitudes)
def test_every_region_is_a_name_that_messages_carry(lat: float, lng: float) -> None:
    region = region_of(lat, lng)
    assert SearchPlaces(region=region, category="food", lat=lat, lng=lng, zone="UTC").region == region


def test_distance_between_known_cities_is_right_to_a_percent() -> None:
    assert metres_between((48.1372, 11.5755), (47.8, 13.045)) == pytest.approx(115_500, rel=0.01)
    assert metres_between((48.1372, 11.5755), (37.5665, 126.978)) == pytest.approx(8_570_000, rel=0.01)


@given(lat=latitudes, lng=longitudes, other_lat=latitudes, other_lng=longitudes)
def test_distance_is_symmetric_and_at_most_half_way_round(
    lat: float, lng: float, other_lat: float, other_lng: float
) -> None:
    there, back = ((lat, lng), (other_lat, other_lng)), ((other_lat, other_lng), (lat, lng))
    assert metres_between(*there) == metres_between(*back) <= 20_015_200
    assert metres_between((lat, lng), (lat, lng)) == 0


@given(lat=st.floats(-85, 85), lng=longitudes, radius=st.integers(100, 60_000))
def test_search_box_has_its_centre_inside_and_coordinates_on_the_globe(
    lat: float, lng: float, radius: int
) -> None:
    corners = box((lat, lng), radius)
    low, high = corners["low"], corners["high"]
    assert -90 <= low["latitude"] < lat < high["latitude"] <= 90
    assert -180 <= low["longitude"] <= 180
    assert -180 <= high["longitude"] <= 180
    width = (high["longitude"] - low["longitude"]) % 360
    assert 0 < (lng - low["longitude"]) % 360 < width < 180
