"""Places around a point, by name, and one in full."""

from shared.errors import Conflict, Forbidden, MalformedRequest, RateLimited
from shared.http.openapi.operation import Operation
from shared.places import ForTrip, KeywordPage, NearbyPage, NearbyQuery, OnDate, Sorted
from shared.places.views import DetailsView, Found, HoursView, Nearby, RecommendationView, SearchView

PLACES = {
    "find_nearby_places": Operation(
        does="Find what is within so many minutes of a point",
        query=NearbyPage,
        answer=Nearby,
        refusals=(MalformedRequest, RateLimited),
    ),
    "search_places_by_name": Operation(
        does="Find places by words",
        query=KeywordPage,
        answer=Found,
        refusals=(MalformedRequest, RateLimited),
    ),
    "read_place": Operation(does="Read a place in full", answer=DetailsView, refusals=(RateLimited,)),
    "read_place_hours": Operation(
        does="Read when a place is open on a date", query=OnDate, answer=HoursView, refusals=(RateLimited,)
    ),
    "recommend_place": Operation(
        does="Ask whether a place suits the party of a trip, and why",
        query=ForTrip,
        answer=RecommendationView,
        refusals=(Forbidden, RateLimited),
    ),
    "start_place_search": Operation(
        does="Search around a point in the background",
        status=202,
        body=NearbyQuery,
        example={"lat": 48.137, "lng": 11.575, "minutes": 30, "mode": "public", "category": "food"},
        answer=SearchView,
        location=True,
        once=True,
        refusals=(Conflict, RateLimited),
    ),
    "read_place_search": Operation(
        does="Read a search and what it found",
        query=Sorted,
        answer=SearchView,
        etag=True,
        refusals=(MalformedRequest,),
    ),
}
