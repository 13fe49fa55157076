"""Composition root: settings become live collaborators, once per worker process."""

from dataclasses import dataclass
from functools import cache

from shared import telemetry
from shared.ai import Model
from shared.auth import Operators, Passwords, SigningKeys, Tokens
from shared.bus import Bus, place_of
from shared.cache import Cache
from shared.config import Settings
from shared.db import Database, by_identity, url_of
from shared.documents import Documents
from shared.identity import Identity
from shared.maps import KakaoAccess, Maps
from shared.messaging import Relay
from shared.schedules import Allowance, Tools
from shared.users import EndedSessions
from shared.weather import Forecasts


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything the functions of this process share."""

    db: Database
    bus: Bus
    cache: Cache
    documents: Documents
    relay: Relay
    tokens: Tokens
    ended: EndedSessions
    passwords: Passwords
    operators: Operators | None
    tools: Tools


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
    relay.warm()
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
        db=db,
        bus=bus,
        cache=cache,
        documents=documents,
        relay=relay,
        tokens=_tokens(settings, ended),
        ended=ended,
        passwords=Passwords(),
        operators=_operators(settings),
        tools=Tools(
            db=db,
            cache=cache,
            documents=documents,
            maps=_maps(settings),
            forecasts=Forecasts(
                url=settings.openweather_url,
                key=settings.openweather_key.get_secret_value(),
                store=cache,
            ),
            model=_model(settings, identity),
            allowance=Allowance(
                at_once=settings.schedule_jobs_at_once, per_day=settings.schedule_jobs_per_day
            ),
        ),
    )


def _tokens(settings: Settings, ended: EndedSessions) -> Tokens:
    pems = {kid: pem.get_secret_value() for kid, pem in settings.token_keys.items()}
    return Tokens(pems, active=settings.token_key_id, ended=ended)


def _operators(settings: Settings) -> Operators | None:
    tenant, audience = settings.operator_tenant, settings.operator_audience
    if tenant is None or audience is None:
        return None
    issuer = settings.operator_issuer or f"https://login.microsoftonline.com/{tenant}/v2.0"
    keys = SigningKeys(issuer, url=settings.operator_keys_url)
    return Operators(tenant=tenant, audience=audience, issuer=issuer, keys=keys)


def _maps(settings: Settings) -> Maps:
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


def _kakao(settings: Settings) -> KakaoAccess | None:
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


def _model(settings: Settings, identity: Identity) -> Model | None:
    if settings.openai_model is None:
        return None
    return Model(
        key=settings.openai_key.get_secret_value() if settings.openai_key else identity,
        url=settings.openai_url,
        model=settings.openai_model,
        fallback=settings.openai_fallback_model,
        deadline_seconds=settings.model_deadline_seconds,
    )
