"""Composition root: settings become live collaborators, once per worker process."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from shared import telemetry
from shared.auth import Operators, Passwords, Tokens
from shared.bus import Bus, place_of
from shared.cache import Cache
from shared.config import Settings
from shared.db import Database, by_identity, url_of
from shared.documents import Documents
from shared.identity import Identity
from shared.messaging import Relay
from shared.users import EndedSessions

if TYPE_CHECKING:  # with all behind them a third of the app: not before the first plan or place
    from shared.ai import Model
    from shared.maps import KakaoAccess, Maps
    from shared.schedules import Tools


@dataclass(frozen=True)
class Runtime:
    """Everything the functions of this process share; the tools of planners are made on first use."""

    settings: Settings
    db: Database
    bus: Bus
    cache: Cache
    documents: Documents
    relay: Relay
    tokens: Tokens
    ended: EndedSessions
    passwords: Passwords
    operators: Operators | None
    identity: Identity

    @cached_property
    def tools(self) -> "Tools":
        """What plans and places need."""
        from shared.schedules import Allowance, Tools  # noqa: PLC0415
        from shared.weather import Forecasts  # noqa: PLC0415

        settings = self.settings
        return Tools(
            db=self.db,
            cache=self.cache,
            documents=self.documents,
            maps=_maps(settings),
            forecasts=Forecasts(
                url=settings.openweather_url,
                key=settings.openweather_key.get_secret_value(),
                store=self.cache,
            ),
            model=_model(settings, self.identity),
            allowance=Allowance(
                at_once=settings.schedule_jobs_at_once, per_day=settings.schedule_jobs_per_day
            ),
        )


@cache
def runtime() -> Runtime:
    """Built at the first call, inside the loop that will use it."""
    settings = Settings()
    telemetry.set_level(settings.log_level)
    telemetry.flush_when_the_loop_ends()
    identity = Identity(settings)
    db = Database(url_of(settings), identity=identity if by_identity(settings) else None)
    bus = Bus(place_of(settings, identity))
    relay = Relay(db=db, bus=bus)
    db.when_posted(relay.wake)
    ended = EndedSessions(db)
    ended.watch()
    cache = _cache(settings, identity)
    documents = Documents(
        endpoint=str(settings.cosmos_endpoint),
        key=settings.cosmos_key.get_secret_value() if settings.cosmos_key else identity,
        database=settings.cosmos_database,
    )
    return Runtime(
        settings=settings,
        db=db,
        bus=bus,
        cache=cache,
        documents=documents,
        relay=relay,
        tokens=_tokens(settings, ended),
        ended=ended,
        passwords=Passwords(),
        operators=_operators(settings),
        identity=identity,
    )


def _tokens(settings: Settings, ended: EndedSessions) -> Tokens:
    pems = {kid: pem.get_secret_value() for kid, pem in settings.token_keys.items()}
    return Tokens(pems, active=settings.token_key_id, ended=ended)


def _operators(settings: Settings) -> Operators | None:
    tenant, audience = settings.operator_tenant, settings.operator_audience
    if tenant is None or audience is None:
        return None
    from shared.auth.signing_keys import SigningKeys  # noqa: PLC0415 - brings the client for the web

    issuer = settings.operator_issuer or f"https://login.microsoftonline.com/{tenant}/v2.0"
    keys = SigningKeys(issuer, url=settings.operator_keys_url)
    return Operators(tenant=tenant, audience=audience, issuer=issuer, keys=keys)


def _maps(settings: Settings) -> "Maps":
    from shared.maps import Maps  # noqa: PLC0415

    facts_key = settings.place_facts_key
    return Maps(
        key=settings.google_maps_key.get_secret_value(),
        maps_url=settings.google_maps_url,
        places_url=settings.google_places_url,
        routes_url=settings.google_routes_url,
        facts_url=settings.place_facts_url,
        facts_key=facts_key.get_secret_value() if facts_key else None,
        kakao=_kakao(settings),
    )


def _kakao(settings: Settings) -> "KakaoAccess | None":
    from shared.maps import KakaoAccess  # noqa: PLC0415

    if settings.kakao_key is None:
        return None
    return KakaoAccess(
        key=settings.kakao_key.get_secret_value(),
        local_url=settings.kakao_local_url,
        navi_url=settings.kakao_navi_url,
    )


def _cache(settings: Settings, identity: Identity) -> Cache:
    if settings.redis_url is not None:
        return Cache(str(settings.redis_url))
    from shared.cache.login import TokenLogin  # noqa: PLC0415 - brings the client of Redis

    return Cache(f"rediss://{settings.redis_host}:{settings.redis_port}/0", login=TokenLogin(identity))


def _model(settings: Settings, identity: Identity) -> "Model | None":
    from shared.ai import Model  # noqa: PLC0415

    if settings.openai_model is None:
        return None
    return Model(
        key=settings.openai_key.get_secret_value() if settings.openai_key else identity,
        url=settings.openai_url,
        model=settings.openai_model,
        fallback=settings.openai_fallback_model,
        deadline_seconds=settings.model_deadline_seconds,
    )
