"""The simulated outside services, and what tests ask of them beside the product."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from shared.maps import KakaoAccess, Maps
from shared.web import Patience

MAPS_KEY = "AIzaIntegrationTests0123456789abcdefghi"
KAKAO_KEY = "0123456789abcdef-kakao-tests"
WEATHER_KEY = "0123456789abcdef-integration-tests"
MODEL_KEY = "sk-integration-tests-0123456789"


def maps_at(
    url: str,
    *,
    key: str = MAPS_KEY,
    kakao: str | None = None,
    kakao_key: str = KAKAO_KEY,
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> Maps:
    """Maps with all of Google's services at one address, and Kakao's at another if it is given."""
    return Maps(
        key=key,
        maps_url=url,
        places_url=url,
        routes_url=url,
        facts_url=url,
        facts_key=key,
        kakao=KakaoAccess(key=kakao_key, local_url=kakao, navi_url=kakao) if kakao else None,
        patience=patience,
    )


@contextmanager
def broken(url: str, mode: str, **details: Any) -> Iterator[None]:
    """The service at `url` is in trouble for the length of the block."""
    requests.put(f"{url}/_devstack/faults", json={"mode": mode, **details}, timeout=10).raise_for_status()
    try:
        yield
    finally:
        requests.delete(f"{url}/_devstack/faults", timeout=10).raise_for_status()


def calls(url: str) -> dict[str, int]:
    """How often each call of the service was made since it started, or since they were forgotten."""
    counted: dict[str, int] = requests.get(f"{url}/_devstack/calls", timeout=10).json()["calls"]
    return counted


def forget_calls(url: str) -> None:
    """Count from zero again."""
    requests.delete(f"{url}/_devstack/calls", timeout=10).raise_for_status()


def everything_said(error: BaseException) -> str:
    """All that the error and whatever hangs on it could show, suppressed or not."""
    said, seen, left = "", set[int](), [error]
    while left:
        one = left.pop()
        if id(one) not in seen:
            seen.add(id(one))
            said += f"{one} {one!r} {''.join(traceback.format_exception(one))}\n"
            left += [other for other in (one.__cause__, one.__context__) if other is not None]
    return said
