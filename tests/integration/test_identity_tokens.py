"""Tokens of the identity itself: kept, renewed, and missed in two ways, none of which tells a secret."""

import asyncio
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from shared.config import IdentitySettings
from shared.errors import Transient
from shared.identity import Identity
from tests.integration.issuer import EXCHANGE, PRINCIPAL, SUBJECT
from tests.integration.pod import Pod
from tests.integration.services import everything_said
from tests.integration.site import Site
from tests.integration.stores import other_settings
from tests.launch import ROOT
from tests.signer import Signer

SCOPE = "https://vault.azure.net/.default"


async def test_a_token_is_for_its_resource_and_our_principal(pod: Pod, site: Site) -> None:
    token = (await pod.identity.token(SCOPE)).token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["aud"], claims["oid"]) == ("https://vault.azure.net", PRINCIPAL)


async def test_a_token_is_asked_for_once_however_many_want_it(pod: Pod, site: Site) -> None:
    began = len(site.issuer.issued)
    found = await asyncio.gather(*(pod.identity.token(SCOPE) for _ in range(50)))
    assert len({one.token for one in found}) == len(site.issuer.issued) - began == 1


async def test_a_token_that_ended_is_followed_by_another(pod: Pod, site: Site) -> None:
    with site.issuer.short_lived(1):
        first = await pod.identity.token(SCOPE)
        await asyncio.sleep(1.1)
    second = await pod.identity.token(SCOPE)
    assert second.token != first.token
    assert second.expires_on > first.expires_on


async def test_a_token_outlives_its_issuer(pod: Pod, site: Site) -> None:
    first = await pod.identity.token(SCOPE)
    with site.issuer.away():
        assert (await pod.identity.token(SCOPE)).token == first.token


async def test_an_issuer_that_is_away_is_transient_and_may_come_back(
    pod: Pod, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with site.issuer.away(), pytest.raises(Transient, match="did not answer"):
        await pod.identity.token(SCOPE)
    assert SCOPE in caplog.text
    assert await pod.identity.token(SCOPE)


async def test_a_refusal_is_transient_and_its_rule_is_logged(
    pod: Pod, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    assertion = site.vouching.read_text()
    with site.issuer.refusing("AADSTS700016"), pytest.raises(Transient, match="gave no token") as refusal:
        await pod.identity.token(SCOPE)
    assert "AADSTS700016" in caplog.text
    assert assertion not in caplog.text + everything_said(refusal.value)


async def test_what_another_cluster_vouches_for_gets_no_token(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forged = tmp_path / "service-account-token"
    forged.write_text(Signer("another").token(EXCHANGE, sub=SUBJECT))
    pod = Pod(site, AZURE_FEDERATED_TOKEN_FILE=str(forged))
    try:
        with pytest.raises(Transient, match="gave no token"):
            await pod.identity.token(SCOPE)
    finally:
        await pod.close()
    assert "AADSTS700211" in caplog.text
    assert forged.read_text() not in caplog.text


async def test_a_service_account_whose_token_is_missing_is_transient(site: Site, tmp_path: Path) -> None:
    pod = Pod(site, AZURE_FEDERATED_TOKEN_FILE=str(tmp_path / "none"))
    try:
        with pytest.raises(Transient):
            await pod.identity.token(SCOPE)
    finally:
        await pod.close()


@pytest.mark.parametrize("kind", ["ManagedIdentityCredential", "AzureCliCredential"])
async def test_other_credentials_of_the_library_may_be_chosen(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a managed identity nor a sign-in is to be had here: each says so by its name."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", kind)
    monkeypatch.setenv("PATH", str(tmp_path))
    identity = Identity(IdentitySettings())
    try:
        with pytest.raises(Transient, match="gave no token") as refusal:
            await identity.token(SCOPE)
    finally:
        await identity.close()
    assert kind in everything_said(refusal.value)


def test_with_secrets_the_identity_library_is_never_loaded(postgres_url: str, redis_url: str) -> None:
    script = (
        "import sys, asyncio, function_app\n"
        "from shared.runtime import runtime\n"
        "async def main():\n"
        "    assert await runtime().db.answers() and await runtime().cache.answers()\n"
        "    await runtime().db.close()\n"  # while it opens connections it cannot be cancelled
        "asyncio.run(main())\n"
        "assert 'azure.identity' not in sys.modules, 'loaded'\n"
    )
    variables = {
        "POSTGRES_URL": postgres_url,
        "REDIS_URL": redis_url,
        "COSMOS_ENDPOINT": "http://127.0.0.1:9",
        "COSMOS_KEY": "a2V5",
        "ServiceBus": "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=n;SharedAccessKey=k;",
        **other_settings(),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
