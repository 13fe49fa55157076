"""Kakao Local API: searches, paging, addresses, districts and errors in the real service's shapes."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.launch import server

KEY = "kakao-key-of-these-tests"
PALACE = {"x": "126.977", "y": "37.5796"}
LOCAL = "/v2/local/"


@pytest.fixture(scope="module")
def kakao() -> Iterator[httpx2.Client]:
    with (
        server("devstack.kakao", "--key", KEY) as url,
        httpx2.Client(base_url=url, headers={"Authorization": f"KakaoAK {KEY}"}) as client,
    ):
        yield client


def asked(kakao: httpx2.Client, path: str, **query: Any) -> dict[str, Any]:
    answer = kakao.get(f"{LOCAL}{path}.json", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(kakao: httpx2.Client, path: str, **query: Any) -> tuple[int, str, str]:
    answer = kakao.get(f"{LOCAL}{path}.json", params=query)
    return answer.status_code, answer.json()["errorType"], answer.json()["message"]


def test_document_is_text_throughout_and_has_the_real_names(kakao: httpx2.Client) -> None:
    body = asked(kakao, "search/keyword", query="경복궁", size=1, **PALACE)
    [found] = body["documents"]
    assert found["place_name"] == "경복궁"
    assert found["category_group_code"] == "AT4"
    assert found["category_group_name"] == "관광명소"
    assert found["road_address_name"] == "서울 종로구 사직로 161"
    assert (float(found["x"]), float(found["y"])) == (126.977, 37.5796)
    assert found["distance"] == "0"
    assert all(isinstance(value, str) for value in found.values())
    assert set(body["meta"]) == {"total_count", "pageable_count", "is_end", "same_name"}


def test_distance_is_empty_without_a_centre(kakao: httpx2.Client) -> None:
    assert asked(kakao, "search/keyword", query="경복궁")["documents"][0]["distance"] == ""


def test_pages_end_at_forty_five(kakao: httpx2.Client) -> None:
    around = {"category_group_code": "FD6", **PALACE, "radius": 20000, "size": 15}
    pages = [asked(kakao, "search/category", **around, page=number) for number in (1, 2, 3, 4)]
    assert [page["meta"]["is_end"] for page in pages] == [False, False, True, True]
    assert pages[0]["meta"]["pageable_count"] == 45
    assert pages[0]["meta"]["total_count"] > 45
    ids = [found["id"] for page in pages for found in page["documents"]]
    assert len(set(ids)) == len(ids) == 45


def test_circle_and_sorting_by_distance(kakao: httpx2.Client) -> None:
    around = {"category_group_code": "CE7", **PALACE, "radius": 2000, "sort": "distance"}
    metres = [int(found["distance"]) for found in asked(kakao, "search/category", **around)["documents"]]
    assert metres
    assert metres == sorted(metres)
    assert metres[-1] <= 2000


@pytest.mark.parametrize(
    ("path", "query", "kind", "message"),
    [
        ("search/keyword", {}, "MissingParameter", "query parameter required"),
        ("search/keyword", {"query": "궁", "page": 46}, "InvalidArgument", "page is more than max"),
        ("search/keyword", {"query": "궁", "size": 16}, "InvalidArgument", "size is more than max"),
        ("search/keyword", {"query": "궁", "size": "x"}, "InvalidArgument", "size must be a number"),
        ("search/keyword", {"query": "궁", "x": "1", "y": "91"}, "InvalidArgument", "x or y is out of range"),
        ("search/keyword", {"query": "궁", "sort": "name"}, "InvalidArgument", "sort must be one of"),
        ("search/keyword", {"query": "궁", "sort": "distance"}, "MissingParameter", "x and y are required"),
        (
            "search/category",
            {"category_group_code": "XX1", **PALACE, "radius": 9},
            "InvalidArgument",
            "category_group_code XX1 is unknown",
        ),
        (
            "search/category",
            {"category_group_code": "FD6", **PALACE, "radius": 20001},
            "InvalidArgument",
            "radius is more than max",
        ),
        ("search/category", {"category_group_code": "FD6"}, "MissingParameter", "x, y and radius"),
        ("geo/coord2regioncode", {}, "MissingParameter", "x parameter required"),
    ],
)
def test_wrong_request_is_refused_by_name(
    kakao: httpx2.Client, *, path: str, query: dict[str, Any], kind: str, message: str
) -> None:
    status, told, why = refused(kakao, path, **query)
    assert (status, told) == (400, kind)
    assert why.startswith(message)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("서울특별시", "서울", "REGION"),
        ("서울 종로구", "서울 종로구", "REGION"),
        ("서울특별시 종로구", "서울 종로구", "REGION"),
        ("서울 종로구 사직로 161", "서울 종로구 사직로 161", "ROAD_ADDR"),
    ],
)
def test_address_is_known_whole(kakao: httpx2.Client, text: str, name: str, kind: str) -> None:
    found = asked(kakao, "search/address", query=text, analyze_type="exact")["documents"][0]
    assert (found["address_name"], found["address_type"]) == (name, kind)


def test_similar_address_is_known_by_its_beginning_and_exact_is_not(kakao: httpx2.Client) -> None:
    text = "서울 종로구 없는길 9"
    assert asked(kakao, "search/address", query=text)["documents"][0]["address_name"] == "서울 종로구"
    assert asked(kakao, "search/address", query=text, analyze_type="exact")["documents"] == []


def test_point_has_two_districts_at_home_and_none_abroad(kakao: httpx2.Client) -> None:
    rows = asked(kakao, "geo/coord2regioncode", **PALACE)["documents"]
    assert [(row["region_type"], row["address_name"]) for row in rows] == [
        ("B", "서울특별시 종로구"),
        ("H", "서울특별시 종로구"),
    ]
    abroad = asked(kakao, "geo/coord2regioncode", x=11.57, y=48.13)
    assert abroad == {"meta": {"total_count": 0}, "documents": []}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "cannot find Authorization : KakaoAK header"),
        (f"Bearer {KEY}", "cannot find Authorization : KakaoAK header"),
        ("KakaoAK nobody", "appKey(nobody) does not exist"),
    ],
)
def test_key_must_be_the_apps(kakao: httpx2.Client, header: str, message: str) -> None:
    answer = kakao.get(f"{LOCAL}search/keyword.json?query=x", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json() == {"errorType": "AccessDeniedError", "message": message}
