"""Route templates: what they match, which one wins, and what is refused."""

import pytest

from devstack.host.calls import Function
from devstack.host.errors import StartError
from devstack.host.routes import Match, Router


def http(route: str, *methods: str) -> Function:
    return Function(route, {"type": "httpTrigger", "route": route, "methods": list(methods)})


def found(router: Router, path: str, method: str = "GET") -> tuple[str, dict[str, str]] | None:
    match = router.find(method, path)
    return (match.function.name, dict(match.parameters)) if isinstance(match, Match) else None


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("trips", "/api/trips", {}),
        ("trips", "/api/TRIPS/", {}),
        ("trips/{id}", "/api/trips/7", {"id": "7"}),
        ("trips/{id}", "/api/trips/", None),
        ("trips/{id}", "/api/trips/7/days", None),
        ("trips/{id?}", "/api/trips", {}),
        ("trips/{id:int}", "/api/trips/-7", {"id": "-7"}),
        ("trips/{id:int}", "/api/trips/x7", None),
        (
            "trips/{id:guid}",
            "/api/trips/0E4F8BC0-9A3B-4C6E-8F8A-1B2C3D4E5F60",
            {"id": "0E4F8BC0-9A3B-4C6E-8F8A-1B2C3D4E5F60"},
        ),
        ("trips/{id:guid}", "/api/trips/7", None),
        ("on/{flag:bool}", "/api/on/True", {"flag": "True"}),
        ("at/{x:double},{y:double}", "/api/at/48.1,-11.5", {"x": "48.1", "y": "-11.5"}),
        ("files/{*rest}", "/api/files/a/b", {"rest": "a/b"}),
        ("{city}/places", "/api/munich/places", {"city": "munich"}),
        ("a.b", "/api/aXb", None),
        ("names/{name}", "/api/names/caf%C3%A9", {"name": "café"}),
    ],
)
def test_template_matches_or_not(template: str, path: str, parameters: dict[str, str] | None) -> None:
    router = Router([http(template)], prefix="api")
    assert found(router, path) == (None if parameters is None else (template, parameters))


def test_more_exact_route_wins_whatever_the_order() -> None:
    templates = ["{*rest}", "trips/{id}", "trips/{id:int}", "trips/latest", "{kind}/{id}"]
    router = Router(map(http, templates), prefix="api")
    paths = ["/api/trips/latest", "/api/trips/7", "/api/trips/x", "/api/users/x", "/api/a/b/c"]
    winners = [match[0] for path in paths if (match := found(router, path))]
    assert winners == ["trips/latest", "trips/{id:int}", "trips/{id}", "{kind}/{id}", "{*rest}"]


def test_one_path_may_have_a_function_per_method() -> None:
    router = Router([http("a", "GET"), http("a/", "POST")], prefix="api")
    assert [found(router, "/api/a", method) for method in ("GET", "POST")] == [("a", {}), ("a/", {})]
    assert router.find("PUT", "/api/a") == frozenset({"GET", "POST"})


def test_prefix_may_be_empty_or_deep() -> None:
    assert found(Router([http("a")], prefix=""), "/a") == ("a", {})
    assert found(Router([http("a")], prefix="x/y"), "/x/y/a") == ("a", {})


@pytest.mark.parametrize("template", ["trips/{id:min(1)}", "trips/{id"])
def test_template_that_cannot_be_honoured_is_refused_by_name(template: str) -> None:
    with pytest.raises(StartError, match="trips/"):
        Router([http(template)], prefix="api")
