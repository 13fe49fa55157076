"""The stores and services that integration tests share: each started once, by the first test that asks."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import psycopg
import pytest
import pytest_asyncio

from shared.ai import Model
from shared.bus import Bus
from shared.cache import Cache
from shared.db import Database
from shared.db.migrate import migrate
from shared.documents import Documents
from shared.maps import Maps
from shared.places import Shelf
from shared.schedules import Allowance, Tools
from shared.weather import Forecasts
from tests.integration.pod import Pod
from tests.integration.services import KAKAO_KEY, MAPS_KEY, MODEL_KEY, WEATHER_KEY, maps_at
from tests.integration.site import Site, Stores, site_at
from tests.integration.stores import BUS_KEY, BUS_POLICY, COSMOS_KEY, BusServer, bus_server, with_password
from tests.launch import server


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A freshly migrated database, its password in the URL."""
    state = tmp_path_factory.mktemp("postgres")
    with server("devstack.postgres", "--state", str(state)) as bare:
        url = with_password(bare, state)
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty Redis, its password in the URL."""
    state = tmp_path_factory.mktemp("valkey")
    with server("devstack.valkey", "--state", str(state)) as bare:
        yield with_password(bare, state)


@pytest.fixture(scope="session")
def cosmos_url() -> Iterator[str]:
    """A Cosmos DB account with the product's containers, empty."""
    with server("devstack.cosmos", "--key", COSMOS_KEY) as url:
        yield url


@pytest.fixture(scope="session")
def bus_at() -> Iterator[BusServer]:
    """A Service Bus namespace with the product's queues, empty."""
    with server("devstack.servicebus", "--key-name", BUS_POLICY, "--key", BUS_KEY) as addresses:
        yield bus_server(addresses)


@pytest.fixture(scope="session")
def bus_connection(bus_at: BusServer) -> str:
    """The connection string of the namespace."""
    return bus_at.connection


@pytest.fixture(scope="session")
def maps_url() -> Iterator[str]:
    """Google Maps Platform and our place facts."""
    with server("devstack.googlemaps", "--key", MAPS_KEY) as url:
        yield url


@pytest.fixture(scope="session")
def kakao_url() -> Iterator[str]:
    """Kakao Local and Mobility."""
    with server("devstack.kakao", "--key", KAKAO_KEY) as url:
        yield url


@pytest.fixture(scope="session")
def weather_url() -> Iterator[str]:
    with server("devstack.openweather", "--key", WEATHER_KEY) as url:
        yield url


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    """A model service without the path its clients add."""
    with server("devstack.openai", "--key", MODEL_KEY, "--models", "large,small") as url:
        yield url


@pytest.fixture(scope="session")
def maps(maps_url: str) -> Maps:
    return maps_at(maps_url)


@pytest_asyncio.fixture(scope="session")
async def db(postgres_url: str) -> AsyncIterator[Database]:
    """The database, with all tables and no rows."""
    database = Database(postgres_url)
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="session")
async def cache(redis_url: str) -> AsyncIterator[Cache]:
    connected = Cache(redis_url)
    yield connected
    await connected.close()


@pytest_asyncio.fixture(scope="session")
async def documents(cosmos_url: str) -> AsyncIterator[Documents]:
    opened = Documents(endpoint=cosmos_url, key=COSMOS_KEY, database="tripgen")
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def shelf(db: Database, cache: Cache, documents: Documents) -> Shelf:
    """Where answers about places are kept."""
    return Shelf(db=db, cache=cache, documents=documents)


@pytest.fixture(scope="session")
def tools(db: Database, cache: Cache, *, documents: Documents, maps: Maps, weather_url: str) -> Tools:
    """What a worker makes plans with, without a model."""
    return Tools(
        db=db,
        cache=cache,
        documents=documents,
        maps=maps,
        forecasts=Forecasts(url=weather_url, key=WEATHER_KEY),
        model=None,
        allowance=Allowance(at_once=3, per_day=1_000),
    )


@pytest_asyncio.fixture
async def asking(tools: Tools, model_url: str) -> AsyncIterator[Tools]:
    """The same with a model that answers."""
    model = Model(key=MODEL_KEY, url=f"{model_url}/v1", model="large", fallback="small", deadline_seconds=30)
    yield replace(tools, model=model)
    await model.close()


@pytest_asyncio.fixture(scope="session")
async def bus(bus_connection: str) -> AsyncIterator[Bus]:
    opened = Bus(bus_connection)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_url: str, model_url: str
) -> AsyncIterator[Site]:
    """The stores again, behind TLS and for tokens only, and an issuer of tokens."""
    stores = Stores(postgres_url, redis_url, model_url)
    async with site_at(tmp_path_factory.mktemp("site"), stores) as running:
        yield running


@pytest_asyncio.fixture
async def pod(site: Site) -> AsyncIterator[Pod]:
    """A process of the site that has asked for nothing yet."""
    made = Pod(site)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def empty_db(db: Database, postgres_url: str) -> AsyncIterator[Database]:
    """The database, emptied of every row before the test but those of the audit log, which stay."""
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        cursor = await connection.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'audit_log')"
        )
        row = await cursor.fetchone()
        assert row is not None
        await connection.execute(f"TRUNCATE {row[0]} CASCADE")
    yield db
