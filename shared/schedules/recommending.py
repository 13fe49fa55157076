"""Why a place suits the party of a trip: the party from the trip, the reasons from the places."""

from uuid import UUID

from shared import places, trips
from shared.places import Companion, RecommendationView
from shared.schedules.tools import Tools


async def recommend(place_id: str, trip_id: UUID, *, owner: UUID, tools: Tools) -> RecommendationView:
    """The reasons for one place; `NotFound` for a place nobody knows, or a trip that is not the owner's."""
    await places.limit_recommendations(owner, cache=tools.cache)
    trip = await trips.get(trip_id, owner=owner, db=tools.db)
    party = [Companion(age=m.age, health=m.health, preferences=m.preferences) for m in trip.members]
    return await places.recommend(
        place_id, party, trip_id=trip_id, model=tools.model, shelf=tools.shelf, maps=tools.maps
    )
