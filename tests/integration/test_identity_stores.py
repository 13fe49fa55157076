"""Every store lets us in for a token; without one each says so in its own way, and recovers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import psycopg
import pytest
import redis

from shared.bus import Letter
from shared.db import Database, new_id
from shared.errors import ModelUnavailable, Transient
from tests.integration.issuer import PRINCIPAL
from tests.integration.pod import Pod
from tests.integration.principals import ROLE, postgres_forgets, redis_forgets
from tests.integration.services import everything_said
from tests.integration.site import Site

QUEUE = "notification"
PATIENCE_S = 60


@pytest.fixture(autouse=True)
def no_token_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no token shows up in what is logged."""
    caplog.set_level("INFO")
    yield
    assert not [issued for issued in site.issuer.issued if issued.token in caplog.text]


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not await is_so():
        assert time.monotonic() < end, "it did not become so"
        await asyncio.sleep(0.05)


async def who(db: Database) -> str:
    async with db.reading() as connection:
        row = await (await connection.execute("SELECT current_user AS name")).fetchone()
        assert row is not None
        return str(row["name"])


async def is_sent(pod: Pod) -> bool:
    try:
        await pod.bus.send(QUEUE, [letter()])
    except Transient:
        return False
    return True


def letter() -> Letter:
    return Letter(id=str(new_id()), body="{}", properties={})


async def test_postgresql_knows_us_by_the_role_of_our_identity(pod: Pod) -> None:
    assert await who(pod.db) == ROLE


async def test_each_new_connection_comes_with_a_token_that_is_still_good(pod: Pod, site: Site) -> None:
    with site.issuer.short_lived(2):
        async with pod.db.transaction():
            postgres_forgets(site.stores.postgres)  # the first one has expired
            await asyncio.sleep(2.1)
            assert await who(pod.db) == ROLE


async def test_an_open_connection_outlives_its_token(pod: Pod, site: Site) -> None:
    await who(pod.db)
    postgres_forgets(site.stores.postgres)
    with site.issuer.away():
        assert await who(pod.db) == ROLE


@pytest.mark.parametrize("trouble", ["refusing", "away"])
async def test_a_database_without_a_token_is_transient_and_recovers(
    pod: Pod, site: Site, trouble: str
) -> None:
    with getattr(site.issuer, trouble)():
        with pytest.raises(Transient, match="The database did not answer"):
            await who(pod.db)
        assert not await pod.db.answers()
    await until(pod.db.answers)


async def test_a_database_that_refuses_our_token_is_transient(pod: Pod, site: Site) -> None:
    with psycopg.connect(site.stores.postgres, autocommit=True) as connection:
        connection.execute(f'ALTER ROLE "{ROLE}" NOLOGIN')
        try:
            with pytest.raises(Transient) as refusal:
                await who(pod.db)
        finally:
            connection.execute(f'ALTER ROLE "{ROLE}" LOGIN')
    assert site.issuer.issued[-1].token not in everything_said(refusal.value)
    await until(pod.db.answers)


async def test_the_bus_takes_messages_for_a_token(pod: Pod) -> None:
    await pod.bus.send(QUEUE, [letter()])


async def test_a_sender_outlives_its_token(pod: Pod, site: Site) -> None:
    with site.issuer.short_lived(3):
        await until(lambda: is_sent(pod))
        await asyncio.sleep(3.5)  # the broker has detached the link meanwhile
    await pod.bus.send(QUEUE, [letter()])


@pytest.mark.parametrize("trouble", ["refusing", "away"])
async def test_a_bus_without_a_token_is_transient_and_recovers(pod: Pod, site: Site, trouble: str) -> None:
    with getattr(site.issuer, trouble)(), pytest.raises(Transient, match=QUEUE) as refusal:
        await pod.bus.send(QUEUE, [letter()])
    assert "eyJ" not in everything_said(refusal.value)
    await pod.bus.send(QUEUE, [letter()])


async def test_an_issuer_that_goes_away_is_missed_only_when_the_token_ends(pod: Pod, site: Site) -> None:
    with site.issuer.short_lived(6):
        await until(lambda: is_sent(pod))
    with site.issuer.away():
        await pod.bus.send(QUEUE, [letter()])
        await asyncio.sleep(6.5)
        with pytest.raises(Transient, match=QUEUE):
            await pod.bus.send(QUEUE, [letter()])
    await pod.bus.send(QUEUE, [letter()])


async def test_documents_are_kept_for_a_token(pod: Pod) -> None:
    await pod.documents.put("schedules", {"id": "d", "tripId": "t", "days": 3})
    found = await pod.documents.find("schedules", "d", partition="t")
    assert found is not None
    assert found["days"] == 3


async def test_the_document_store_goes_on_with_the_next_token(pod: Pod, site: Site) -> None:
    with site.issuer.short_lived(4):
        await pod.documents.put("schedules", {"id": "e", "tripId": "t"})
        await asyncio.sleep(4.1)
    assert await pod.documents.find("schedules", "e", partition="t")


@pytest.mark.parametrize(
    ("trouble", "said"), [("refusing", "gave no token"), ("away", "The document store did not answer")]
)
async def test_a_document_store_without_a_token_is_transient_and_recovers(
    pod: Pod, site: Site, trouble: str, said: str
) -> None:
    with getattr(site.issuer, trouble)():
        with pytest.raises(Transient, match=said):
            await pod.documents.find("schedules", "d", partition="t")
        assert not await pod.documents.answers()
    assert await pod.documents.answers()


async def test_redis_knows_us_by_the_principal_of_our_token(pod: Pod, site: Site) -> None:
    await until(pod.cache.answers)
    await pod.cache.write("kept", "for a token", seconds=60)
    assert await pod.cache.read("kept") == "for a token"
    assert {client["user"] for client in clients(site)} == {PRINCIPAL}


async def test_open_connections_sign_in_again_with_the_next_token(pod: Pod, site: Site) -> None:
    with site.issuer.short_lived(2):
        await until(pod.cache.answers)
        before, shown = {client["id"] for client in clients(site)}, sign_ins(site)

        async def signed_in_again() -> bool:
            return await pod.cache.answers() and sign_ins(site) > shown

        await until(signed_in_again)
    assert before == {client["id"] for client in clients(site)}


async def test_answers_reach_who_asked_while_connections_sign_in_again(pod: Pod, site: Site) -> None:
    async def ask(number: int) -> str | None:
        await pod.cache.write(f"n{number}", str(number), seconds=60)
        return await pod.cache.read(f"n{number}")

    with site.issuer.short_lived(2):
        await until(pod.cache.answers)
        began, told = len(site.issuer.issued), list[tuple[int, str | None]]()

        async def asked_long_enough() -> bool:
            told.extend(enumerate(await asyncio.gather(*map(ask, range(8)))))
            answered = [answer for _, answer in told if answer is not None]
            return len(site.issuer.issued) > began + 1 and len(answered) > 100

        await until(asked_long_enough)
    assert not [(number, answer) for number, answer in told if answer not in (None, str(number))]


async def test_a_listener_whose_connection_is_dropped_goes_on_waiting(pod: Pod, site: Site) -> None:
    await until(pod.cache.answers)
    async with pod.cache.listening("news") as wake:
        assert not wake.lost
        redis_forgets(site.stores.redis)
        await wake.wait(10)
        assert wake.lost


@pytest.mark.parametrize("trouble", ["refusing", "away"])
async def test_a_cache_without_a_token_reads_as_empty_and_recovers(
    pod: Pod, site: Site, trouble: str
) -> None:
    with getattr(site.issuer, trouble)():
        assert await pod.cache.read("kept") is None
        await pod.cache.write("kept", "anything", seconds=60)
        assert await pod.cache.count("tries", seconds=60) == 1
        assert not await pod.cache.answers()
    await until(pod.cache.answers)


async def test_a_cache_that_was_dropped_with_its_old_token_comes_back_with_a_new_one(
    pod: Pod, site: Site
) -> None:
    with site.issuer.short_lived(2):
        await until(pod.cache.answers)
        redis_forgets(site.stores.redis)
        await until(pod.cache.answers)


async def test_the_model_answers_for_a_token(pod: Pod) -> None:
    assert await pod.model.read_requests("No shopping.")


@pytest.mark.parametrize("trouble", ["refusing", "away"])
async def test_a_model_without_a_token_is_unavailable_and_recovers(
    pod: Pod, site: Site, trouble: str
) -> None:
    with getattr(site.issuer, trouble)(), pytest.raises(ModelUnavailable):
        await pod.model.read_requests("No shopping.")
    assert await pod.model.read_requests("No shopping.")


async def test_one_credential_serves_all(pod: Pod, site: Site) -> None:
    began = len(site.issuer.issued)
    await asyncio.gather(who(pod.db), pod.bus.send(QUEUE, [letter()]), pod.documents.answers())
    await until(pod.cache.answers)
    await asyncio.gather(who(pod.db), pod.bus.send("location-search", [letter()]), pod.documents.answers())
    resources = [issued.resource for issued in site.issuer.issued[began:]]
    assert len(resources) == len(set(resources)) == 4


def clients(site: Site) -> list[dict[str, str]]:
    """Connections of our principal, as Redis sees them."""
    with redis.Redis.from_url(site.stores.redis, decode_responses=True) as connection:
        found: list[dict[str, str]] = connection.client_list()
    return [client for client in found if client["user"] == PRINCIPAL]


def sign_ins(site: Site) -> int:
    """How often anybody signed in to Redis on an open connection."""
    with redis.Redis.from_url(site.stores.redis, decode_responses=True) as connection:
        found: dict[str, dict[str, int]] = connection.info("commandstats")
    return found.get("cmdstat_auth", {"calls": 0})["calls"]
