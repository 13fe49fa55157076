"""One process of a site: its stores and its model, all reached as one identity."""

from shared.ai import Model
from shared.bus import Bus, place_of
from shared.cache import Cache
from shared.cache.login import TokenLogin
from shared.db import Database, url_of
from shared.documents import Documents
from shared.identity import Identity
from tests.integration.site import Site


class Pod:
    """What a process makes of its settings; some of them may be changed."""

    def __init__(self, site: Site, **changes: str) -> None:
        settings = site.settings(**changes)
        self.identity = Identity(settings)
        self.db = Database(url_of(settings), identity=self.identity, patience=1)
        self.bus = Bus(place_of(settings, self.identity))
        login = TokenLogin(self.identity, retry_seconds=0.05)
        self.cache = Cache(f"rediss://{settings.redis_host}:{settings.redis_port}/0", login=login)
        self.documents = Documents(
            endpoint=str(settings.cosmos_endpoint), key=self.identity, database=settings.cosmos_database
        )
        self.model = Model(
            key=self.identity,
            url=settings.openai_url,
            model=settings.openai_model or "",
            fallback=None,
            deadline_seconds=20,
        )

    async def close(self) -> None:
        for part in (self.db, self.bus, self.cache, self.documents, self.model, self.identity):
            await part.close()
