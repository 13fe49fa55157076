"""The collaborators of the product's workers, for benchmarks that run its steps themselves."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.maps import KakaoAccess, Maps
from shared.schedules import Allowance, Tools
from shared.weather import Forecasts

UNLIMITED = Allowance(at_once=100_000, per_day=100_000)


@asynccontextmanager
async def open_tools(settings: Mapping[str, str]) -> AsyncIterator[Tools]:
    """What the settings of a stack name, without a model; closed when the block ends."""
    cache = Cache(settings["REDIS_URL"])
    tools = Tools(
        db=Database(settings["POSTGRES_URL"]),
        cache=cache,
        documents=Documents(
            endpoint=settings["COSMOS_ENDPOINT"],
            key=settings["COSMOS_KEY"],
            database=settings["COSMOS_DATABASE"],
        ),
        maps=_maps(settings),
        forecasts=Forecasts(url=settings["OPENWEATHER_URL"], key=settings["OPENWEATHER_KEY"], store=cache),
        model=None,
        allowance=UNLIMITED,
    )
    try:
        yield tools
    finally:
        await tools.documents.close()
        await tools.cache.close()
        await tools.db.close()


def _maps(settings: Mapping[str, str]) -> Maps:
    return Maps(
        key=settings["GOOGLE_MAPS_KEY"],
        maps_url=settings["GOOGLE_MAPS_URL"],
        places_url=settings["GOOGLE_PLACES_URL"],
        routes_url=settings["GOOGLE_ROUTES_URL"],
        facts_url=settings["PLACE_FACTS_URL"],
        facts_key=settings["PLACE_FACTS_KEY"],
        kakao=KakaoAccess(
            key=settings["KAKAO_KEY"],
            local_url=settings["KAKAO_LOCAL_URL"],
            navi_url=settings["KAKAO_NAVI_URL"],
        ),
    )
