"""Both map providers in every kind of trouble: clear errors, no key in sight, fallback, an honest meter."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from devstack import native
from shared.errors import AppError, Transient
from shared.maps import FoundPlace, Maps
from shared.web import Patience
from tests.integration.scripted import Answer, scripted
from tests.integration.services import (
    KAKAO_KEY,
    MAPS_KEY,
    broken,
    calls,
    everything_said,
    forget_calls,
    maps_at,
)

SEOUL, TOWER = (37.5665, 126.978), (37.5512, 126.9882)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
QUICK = Patience(connect_seconds=1.0, first_wait=0.001)
WRONG_KEY = "AIzaNobodysKey0123456789abcdefghijklmno"
KNOWN = FoundPlace(
    id="kakao:1",
    name="경복궁",
    lat=37.5796,
    lng=126.977,
    types=(),
    rating=None,
    ratings=0,
    price_level=None,
    wheelchair_entrance=None,
    weekly_hours=None,
    current_hours=None,
)

type Ask = Callable[[Maps], Awaitable[object]]

ASKS: dict[str, Ask] = {
    "locate": lambda maps: maps.locate("서울 종로구", country="KR"),
    "region": lambda maps: maps.region(SEOUL, country="KR"),
    "zone": lambda maps: maps.zone(SEOUL, NOW),
    "search": lambda maps: maps.search("museum", SEOUL, radius=5_000, country="KR"),
    "nearby": lambda maps: maps.nearby(["cafe"], SEOUL, radius=2_000, country="KR"),
    "find": lambda maps: maps.find("경복궁", SEOUL, radius=5_000, country="KR"),
    "details": lambda maps: maps.details("seoul-gyeongbokgung"),
    "details-of-kakao": lambda maps: maps.details("kakao:1", known=KNOWN),
    "drive": lambda maps: maps.travel(SEOUL, TOWER, mode="drive", country="KR"),
    "transit": lambda maps: maps.travel(SEOUL, TOWER, mode="transit", country="KR"),
    "matrix": lambda maps: maps.matrix(SEOUL, [TOWER], mode="drive", country="KR"),
    "walk-matrix": lambda maps: maps.matrix(SEOUL, [TOWER], mode="walk", country="KR"),
    "facts": lambda maps: maps.facts(["somewhere"]),
}
each_ask = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())
both_ways = pytest.mark.parametrize("kakao", [False, True], ids=["google", "korea"])


def silent(error: BaseException, log: str) -> bool:
    """No key of either provider in what the error or the log tells."""
    said = everything_said(error) + log
    return not any(key in said for key in (MAPS_KEY, KAKAO_KEY, WRONG_KEY))


@each_ask
@pytest.mark.parametrize(
    "fault",
    [{"mode": "down"}, {"mode": "drop"}, {"mode": "garbage"}]
    + [{"mode": "error", "status": status} for status in (429, 500)],
    ids=["down", "drop", "garbage", "429", "500"],
)
async def test_trouble_everywhere_is_transient_and_nobody_sees_a_key(
    *, ask: Ask, fault: Mapping[str, Any], maps_url: str, kakao_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    maps = maps_at(maps_url, kakao=kakao_url, patience=QUICK)
    with broken(maps_url, **fault), broken(kakao_url, **fault), pytest.raises(Transient) as caught:
        await ask(maps)
    assert silent(caught.value, caplog.text)


@each_ask
async def test_absent_services_are_transient_and_nobody_sees_a_key(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    nowhere = f"http://127.0.0.1:{native.free_port()}"
    with pytest.raises(Transient) as caught:
        await ask(maps_at(nowhere, kakao=nowhere, patience=QUICK))
    assert silent(caught.value, caplog.text)


@each_ask
async def test_slow_services_are_given_up(ask: Ask, maps_url: str, kakao_url: str) -> None:
    hasty = Patience(read_seconds=0.15, attempts=1)
    slow: dict[str, Any] = {"mode": "slow", "latencyMs": 1_000}
    with broken(maps_url, **slow), broken(kakao_url, **slow), pytest.raises(Transient):
        await ask(maps_at(maps_url, kakao=kakao_url, patience=hasty))


@each_ask
async def test_wrong_keys_are_no_passing_failure_and_nobody_sees_them(
    ask: Ask, maps_url: str, kakao_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    maps = maps_at(maps_url, key=WRONG_KEY, kakao=kakao_url, kakao_key=WRONG_KEY, patience=QUICK)
    with pytest.raises(AppError) as caught:
        await ask(maps)
    assert not isinstance(caught.value, Transient)
    assert silent(caught.value, caplog.text)


@each_ask
@pytest.mark.parametrize("mode", ["down", "drop"])
async def test_moment_of_trouble_is_not_even_noticed(
    ask: Ask, mode: str, maps_url: str, kakao_url: str
) -> None:
    with broken(maps_url, mode, count=1), broken(kakao_url, mode, count=1):
        maps = maps_at(maps_url, kakao=kakao_url, patience=QUICK)
        await ask(maps)


@pytest.mark.parametrize(
    "body", [b"[]", b'{"results": 3}', b'{"status": "OK"}', b'"", ', b'{"routes": [{}]}']
)
@each_ask
async def test_answer_of_another_shape_is_an_error_of_ours(ask: Ask, body: bytes) -> None:
    """Only a 200 that means "nothing" in a shape the service has may be taken for an answer."""
    with scripted(Answer(body=body)) as script:
        maps = maps_at(script.url, kakao=script.url, patience=Patience(attempts=1))
        try:
            found = await ask(maps)
        except AppError:
            return
    assert found in (None, [], {})


async def test_kakao_away_means_google_alone(maps_url: str, kakao_url: str) -> None:
    maps = maps_at(maps_url, kakao=kakao_url, patience=QUICK)
    with broken(kakao_url, "down"):
        museums = await maps.search("museum", SEOUL, radius=5_000, country="KR")
        located = await maps.locate("Seoul", country="KR")
        way = await maps.travel(SEOUL, TOWER, mode="drive", country="KR")
        [other] = await maps.matrix(SEOUL, [TOWER], mode="drive", country="KR")
    assert museums
    assert all(place.sources["name"] == "Google" for place in museums)
    assert located is not None
    assert way == other is not None


async def test_google_away_means_kakao_without_facts(maps_url: str, kakao_url: str) -> None:
    maps = maps_at(maps_url, kakao=kakao_url, patience=QUICK)
    with broken(maps_url, "down"):
        museums = await maps.search("museum", SEOUL, radius=5_000, country="KR")
    assert museums
    assert all(place.weekly_hours is None and "rating" not in place.sources for place in museums)


async def test_details_keep_the_facts_of_the_search_while_google_is_away(
    maps_url: str, kakao_url: str
) -> None:
    maps = maps_at(maps_url, kakao=kakao_url, patience=QUICK)
    [found] = await maps.find("경복궁", SEOUL, radius=5_000, limit=1, country="KR")
    with broken(maps_url, "down"):
        details = await maps.details(found.id, known=found)
    assert details is not None
    assert details.found == found
    assert (details.sources["weekly_hours"], details.sources["address"]) == ("Google", "Kakao")
    with broken(kakao_url, "down"):
        alone = await maps.details(found.id, known=found)
    assert alone is not None
    assert (alone.found.id, alone.found.name) == (found.id, found.name)
    assert alone.reviews


async def test_silence_of_google_on_korean_roads_is_not_taken_for_no_road(kakao_url: str) -> None:
    """Google answers `{}` for drives in South Korea: with Kakao away that is no answer at all."""
    with scripted(Answer(body=b"{}")) as google, broken(kakao_url, "down"):
        maps = maps_at(google.url, kakao=kakao_url, patience=QUICK)
        with pytest.raises(Transient):
            await maps.travel(SEOUL, TOWER, mode="drive", country="KR")


async def test_service_that_keeps_failing_is_left_alone_and_the_others_are_not(maps_url: str) -> None:
    maps = maps_at(maps_url, patience=Patience(attempts=1))
    with broken(maps_url, "error", status=503, path="/v1/"):
        forget_calls(maps_url)
        for _ in range(9):
            with pytest.raises(Transient):
                await maps.search("museum", SEOUL, radius=5_000)
        assert calls(maps_url) == {"places.searchText": 5}
        assert await maps.travel(SEOUL, TOWER, mode="drive") is not None
        assert await maps.locate("Seoul") is not None


@each_ask
async def test_long_wait_that_a_service_asks_for_is_left_to_the_queue(ask: Ask) -> None:
    with scripted(Answer(status=429, headers={"Retry-After": "9999"})) as script:
        with pytest.raises(Transient):
            await ask(maps_at(script.url, kakao=script.url, patience=QUICK))
        assert len(script.asked) == len(set(script.asked)), "nothing is asked twice"


async def test_short_wait_that_the_geocoder_asks_for_is_kept() -> None:
    asked_to_wait = Answer(status=503, headers={"Retry-After": "0"})
    with scripted(asked_to_wait, Answer(body=b'{"results": [], "status": "ZERO_RESULTS"}')) as script:
        assert await maps_at(script.url, patience=QUICK).locate("Nowhere") is None
        assert len(script.asked) == 2


@both_ways
@pytest.mark.parametrize("fault", [None, "down", "drop", "garbage"])
async def test_meter_counts_what_the_services_count(
    *, kakao: bool, fault: str | None, maps_url: str, kakao_url: str
) -> None:
    maps = maps_at(maps_url, kakao=kakao_url if kakao else None, patience=QUICK)
    with ExitStack() as stack:
        for url in (maps_url, kakao_url):
            forget_calls(url)
            if fault:
                stack.enter_context(broken(url, fault, count=5))
        with maps.metering("everything") as meter:
            await asyncio.gather(*(ask(maps) for ask in ASKS.values()), return_exceptions=True)
            await maps.search("restaurant", SEOUL, radius=8_000, country="KR")
    counted = {**calls(maps_url), **calls(kakao_url)}
    assert meter.calls == dict(sorted(counted.items()))
    assert sum(meter.calls.values()) > len(ASKS)


async def test_cost_is_that_of_the_price_list(maps: Maps) -> None:
    with maps.metering("priced") as meter:
        await maps.locate("Munich")
        await maps.zone(SEOUL, NOW)
        await maps.nearby(["cafe"], SEOUL, radius=2_000)
        await maps.details("seoul-gyeongbokgung")
        assert await maps.details("unheard-of") is None, "which costs nothing"
        await maps.matrix(SEOUL, [TOWER] * 120, mode="transit")
        await maps.travel(SEOUL, TOWER, mode="drive")
    assert meter.calls["routes.computeRouteMatrix"] == 2
    assert meter.cost_usd == Decimal("0.005") * 2 + Decimal("0.035") + Decimal("0.025") + Decimal(
        "0.005"
    ) * 120 + Decimal("0.005")


async def test_no_more_than_sixteen_calls_are_under_way(kakao_url: str) -> None:
    with scripted(Answer(body=b"{}", pause=0.02)) as script:
        maps = maps_at(script.url, patience=QUICK)
        await asyncio.gather(*(maps.travel(SEOUL, TOWER, mode="transit") for _ in range(60)))
    assert 1 < script.most_at_once <= 16
