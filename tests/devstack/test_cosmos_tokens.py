"""The Cosmos emulator takes tokens of an issuer it knows, over https, and goes on taking signatures."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from tests.certificates import certificates
from tests.devstack.cosmos_raw import Running
from tests.launch import server
from tests.signer import Signer

type Ask = Callable[[str, int], httpx2.Response]

ACCOUNT, ANY_ACCOUNT = "https://localhost", "https://cosmos.azure.com"


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a certificate and its authority."""
    folder = tmp_path_factory.mktemp("trust")
    certificates(folder)
    return folder


@pytest.fixture(scope="module")
def url(signer: Signer, trusted: Path) -> Iterator[str]:
    keys = ("--issuer-keys", str(signer.keys(trusted / "keys.json")))
    secure = ("--certificate", str(trusted / "server.pem"))
    with server("devstack.cosmos", *keys, *secure) as url:
        assert url.startswith("https://127.0.0.1:")
        yield url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def http(url: str, trusted: Path) -> Iterator[httpx2.Client]:
    context = ssl.create_default_context(cafile=trusted / "authority.pem")
    with httpx2.Client(base_url=url, verify=context) as client:
        yield client


@pytest.fixture
def ask(http: httpx2.Client, signer: Signer) -> Ask:
    """A request with a token for an audience that is good for so many seconds."""
    return lambda audience, seconds: http.get("/dbs", headers=shown(signer.token(audience, seconds=seconds)))


def shown(token: str) -> dict[str, str]:
    return {"authorization": f"type=aad&ver=1.0&sig={token}"}


def test_a_token_for_this_account_or_for_any_opens_it(http: httpx2.Client, signer: Signer) -> None:
    for audience in (ACCOUNT, ANY_ACCOUNT):
        token = signer.token(audience)
        assert http.get("/dbs/tripgen", headers=shown(token)).status_code == 200
        encoded = {"authorization": quote(shown(token)["authorization"], safe="")}
        assert http.get("/dbs/tripgen", headers=encoded).status_code == 200


def test_what_the_account_says_of_itself_is_https(http: httpx2.Client, signer: Signer) -> None:
    told = http.get("/", headers=shown(signer.token(ACCOUNT))).json()
    assert told["writableLocations"][0]["databaseAccountEndpoint"].startswith("https://localhost:")


@pytest.mark.parametrize(
    ("audience", "seconds", "complaint"),
    [
        ("https://other.documents.azure.com", 60, "not for https://localhost"),
        (ACCOUNT, 0, "has expired"),
        (ACCOUNT, -60, "has expired"),
    ],
)
def test_other_tokens_are_refused_with_the_reason(
    ask: Ask, audience: str, seconds: int, complaint: str
) -> None:
    refused = ask(audience, seconds)
    assert refused.status_code == 401
    assert complaint in refused.json()["message"]


def test_garbage_and_forgeries_are_refused(http: httpx2.Client, signer: Signer) -> None:
    for token in ("", "a.b.c", Signer(signer.name).token(ACCOUNT), Signer("key-2").token(ACCOUNT)):
        refused = http.get("/dbs", headers=shown(token))
        assert refused.status_code == 401
        assert len(token) < 10 or token not in refused.text


def test_the_key_still_opens_the_account(http: httpx2.Client, trusted: Path) -> None:
    assert Running(http, errors=trusted).ask("GET", "/dbs").status_code == 200


def test_without_an_issuer_no_token_is_taken(signer: Signer) -> None:
    with server("devstack.cosmos") as plain:
        refused = httpx2.get(f"{plain}/dbs", headers=shown(signer.token("https://127.0.0.1")))
    assert refused.status_code == 401
    assert "--issuer-keys" in refused.json()["message"]
