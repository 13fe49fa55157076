"""Why a place suits the party of a trip: the party from the trip, the reasons from the places."""

from uuid import UUID

from shared import places, trips
from shared.places import Companion, RecommendationView
from shared.schedules.tools import Tools


async def recommend(place_id: str, trip_id: UUID, *, caller: UUID, tools: Tools) -> RecommendationView:
    """The reasons for one place; `NotFound` for a place nobody knows, or a trip of strangers."""
    await places.limit_recommendations(caller, cache=tools.cache)
    async with tools.db.transaction() as tx:
        trip = await trips.require(tx, trip_id, caller=caller)
    party = [Companion(age=m.age, health=m.health, preferences=m.preferences) for m in trip.members]
    return await places.recommend(
        place_id, party, trip_id=trip_id, model=tools.model, shelf=tools.shelf, maps=tools.maps
    )
