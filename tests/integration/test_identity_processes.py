"""Whole processes of a site: roles made, the schema migrated, dead letters listed, the app ready to serve."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest
import pytest_asyncio

from devstack.postgres import programs
from shared.db import Database, record, url_of
from shared.db.migrate import migrate
from shared.identity import Identity
from tests.devstack.host_support import write_settings
from tests.integration.principals import postgres_learns
from tests.integration.site import Site, Stores, site_at
from tests.integration.stores import with_password
from tests.launch import ROOT, server

NAME = "id-tripgen-test"
MIGRATIONS, SERVICE = f"{NAME}-migrations", f"{NAME}-ai"
EXTENSION = """
CREATE FUNCTION pgaadauth_create_principal(name text, is_admin boolean, is_mfa boolean) RETURNS text
LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('CREATE ROLE %I LOGIN', name); RETURN name; END $$
"""
"""Stands in for the function of Azure's PostgreSQL; its name and arguments are those of the documentation."""

OUT_OF_REACH = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT (
    has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
    AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
"""


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database."""
    state = tmp_path_factory.mktemp("own")
    with server("devstack.postgres", "--state", str(state)) as bare:
        yield with_password(bare, state)


@pytest_asyncio.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, own_postgres: str, redis_url: str, model_url: str
) -> AsyncIterator[Site]:
    """A site whose database has the roles of deploy/roles.sql, and no tables yet."""
    with psycopg.connect(own_postgres.replace("/tripgen", "/postgres"), autocommit=True) as connection:
        connection.execute(EXTENSION)
    for _ in range(2):  # to run it again does no harm
        _make_roles(own_postgres)
    stores = Stores(own_postgres, redis_url, model_url)
    async with site_at(tmp_path_factory.mktemp("site"), stores) as running:
        running.issuer.told += [postgres_learns(own_postgres, role=role) for role in (MIGRATIONS, SERVICE)]
        yield running


def _make_roles(url: str) -> None:
    script = str(ROOT / "deploy" / "roles.sql")
    command = [str(programs() / "psql"), url.replace("/tripgen", "/postgres"), "-v", f"site={NAME}"]
    done = subprocess.run([*command, "-f", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def ran(site: Site, module: str, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """`python -m module words` in a pod; no token shows up in what it says."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **site.variables, **changes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not [issued for issued in site.issuer.issued if issued.token in done.stdout + done.stderr]
    return done


async def test_who_migrates_makes_the_tables_and_the_services_use_them(site: Site) -> None:
    done = await ran(site, "shared.db", POSTGRES_USER=MIGRATIONS)
    assert done.returncode == 0, done.stderr
    settings = site.settings(POSTGRES_USER=SERVICE)
    identity = Identity(settings)
    db = Database(url_of(settings), identity=identity)
    try:
        async with db.transaction() as tx:
            await record(tx, "session-started", actor=None)
            assert await (await tx.execute(OUT_OF_REACH)).fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with db.transaction() as tx:
                await tx.execute("CREATE TABLE ours (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with db.transaction() as tx:
                await tx.execute("TRUNCATE users CASCADE")
    finally:
        await db.close()
        await identity.close()


async def test_a_migration_without_a_token_says_so_and_changes_nothing(site: Site) -> None:
    with site.issuer.refusing():
        done = await ran(site, "shared.db", POSTGRES_USER=MIGRATIONS)
    assert done.returncode == 1
    assert "The identity service gave no token" in done.stderr


async def test_dead_letters_are_listed_as_an_identity(site: Site) -> None:
    done = await ran(site, "shared.bus", "list", "notification")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


async def test_dead_letters_without_a_token_are_an_error_that_says_so(site: Site) -> None:
    with site.issuer.refusing():
        done = await ran(site, "shared.bus", "list", "notification")
    assert done.returncode == 1
    assert done.stderr.rpartition("notification: ")[2]


async def test_the_app_is_ready_with_no_secret_of_a_store(site: Site, tmp_path: Path) -> None:
    migrate(site.stores.postgres)
    settings = {"FUNCTIONS_WORKER_RUNTIME": "python", "AzureWebJobsStorage": "", **site.variables}
    settings["POSTGRES_USER"] = SERVICE
    file = write_settings(tmp_path, **settings)
    options = ("--app", str(ROOT), "--settings", str(file), "--triggers", "http")
    with server("devstack.host", *options) as url:
        answer = await asyncio.to_thread(_readiness, f"{url}/api/v1/health/ready")
    assert answer == {"status": "ready", "stores": {"postgres": "up", "cosmos": "up", "redis": "up"}}


def _readiness(url: str) -> object:
    """What the app says once Redis has had the time for its first token."""
    end = time.monotonic() + 60
    while True:
        answer = httpx2.get(url, timeout=30).json()
        if "down" not in answer["stores"].values() or time.monotonic() > end:
            return answer
        time.sleep(0.2)
