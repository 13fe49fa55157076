"""The front process: the app restarts when it changes, on the same port."""

import shutil
from pathlib import Path

import httpx2
import pytest

from devstack.host.watching import matters
from tests.devstack.host_support import APPS, eventually, refusal, running, write_settings


def answer(url: str) -> tuple[int, str]:
    """Status and text; status 0 when the app was just closing the connection."""
    try:
        reply = httpx2.get(f"{url}/api/echo/special", timeout=10)
    except httpx2.RemoteProtocolError:
        return 0, ""
    return reply.status_code, reply.text


def test_saved_change_is_served_on_the_same_port(tmp_path: Path) -> None:
    app = tmp_path / "an app"
    shutil.copytree(APPS / "web", app)
    source = (app / "function_app.py").read_text()
    with running(app, write_settings(tmp_path), "--reload") as url:
        assert answer(url) == (200, "special")
        (app / "function_app.py").write_text(source.replace('HttpResponse("special")', 'HttpResponse("new")'))
        eventually(lambda: answer(url) == (200, "new"))
        (app / "function_app.py").write_text("def broken(:")
        eventually(lambda: answer(url)[0] == 503)
        assert 'function_app.py", line 1' in answer(url)[1], "the answer says where the app is broken"
        assert httpx2.get(f"{url}/runtime/health/ready").status_code == 503
        (app / "function_app.py").write_text(source)
        eventually(lambda: answer(url) == (200, "special"))


def test_app_that_never_started_ends_the_front_too(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text("def broken(:")
    code, said = refusal(tmp_path, write_settings(tmp_path), "--reload")
    assert (code, "SyntaxError" in said) == (3, True)


@pytest.mark.parametrize(
    ("path", "relevant"),
    [
        ("function_app.py", True),
        ("shared/trips/service.py", True),
        ("host.json", True),
        ("shared/db/schema.sql", True),
        ("tests/unit/test_x.py", False),
        ("out/plan.json", False),
        (".venv/lib/x.py", False),
        (".devstack/up/settings.json", False),
        ("shared/__pycache__/x.py", False),
        ("shared/x.pyc", False),
        (".function_app.py.swp", False),
    ],
)
def test_only_sources_of_the_app_matter(path: str, relevant: bool) -> None:  # noqa: FBT001 - a table's column
    assert matters(Path("/app") / path, Path("/app")) is relevant
