"""The $cbs node: which tokens are let in, what they cover, and for how long."""

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import jwt
import pytest

from devstack.entra import Issuer
from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.broker.errors import Unauthorized
from devstack.servicebus.cbs import AUDIENCES, AccessKey, Claims
from devstack.servicebus.requests import Reply, Request
from tests.devstack.servicebus_parts import SECOND, START, Clock
from tests.signer import Signer

NAME, KEY = "Root", "s3cret+/="
EXPIRY = START // SECOND + 60


def token(audience: str, *, key: str = KEY, name: str = NAME, expiry: int = EXPIRY) -> str:
    resource = quote_plus(audience)
    signature = hmac.digest(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256)
    encoded = quote_plus(base64.b64encode(signature))
    return f"SharedAccessSignature sr={resource}&sig={encoded}&se={expiry}&skn={name}"


def put(claims: Claims, body: object) -> tuple[object, str]:
    return status_of(claims.answer(Request(b"\x40", {"operation": "put-token"}, body)))


def status_of(reply: Reply) -> tuple[object, str]:
    status, description = (
        decode(reply.properties[name])[0] for name in ("status-code", "status-description")
    )
    return status, str(description)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def claims(clock: Clock) -> Claims:
    return Claims(AccessKey(NAME, KEY), clock)


def test_signed_token_covers_its_entity_and_what_lies_below(claims: Claims) -> None:
    assert put(claims, token("sb://localhost:5672/Jobs")) == (202, "Accepted")
    for path in ("jobs", "jobs/$management", "jobs/$deadletterqueue"):
        claims.require(path)
    for path in ("job", "jobs2", "other"):
        with pytest.raises(Unauthorized, match=path):
            claims.require(path)


def test_token_for_the_namespace_covers_every_entity(claims: Claims) -> None:
    put(claims, token("sb://localhost/"))
    claims.require("anything")


def test_token_covers_nothing_once_it_has_expired(claims: Claims, clock: Clock) -> None:
    put(claims, token("sb://localhost/jobs"))
    clock.pass_seconds(60)
    with pytest.raises(Unauthorized):
        claims.require("jobs")
    assert put(claims, token("sb://localhost/jobs")) == (401, "The shared access signature has expired.")


@pytest.mark.parametrize(
    ("body", "status", "complaint"),
    [
        (token("sb://h/jobs", key="other"), 401, "invalid signature"),
        (token("sb://h/jobs", name="Nobody"), 401, "key named 'Nobody'"),
        (token("sb://h/jobs").replace("jobs", "others"), 401, "invalid signature"),
        (token("sb://h/jobs").replace(str(EXPIRY), str(EXPIRY + 1)), 401, "invalid signature"),
        ("SharedAccessSignature sr=a&se=9", 401, "lacks sig, skn"),
        (f"SharedAccessSignature sr=a&sig=%%%&se={EXPIRY}&skn={NAME}", 401, "no base64"),
        (f"SharedAccessSignature sr=a&sig=a&se=soon&skn={NAME}", 401, "seconds since the epoch"),
        ("eyJhbGciOi.e30.x", 401, "Only shared access signatures and tokens of type jwt"),
        (None, 400, "Expected operation put-token"),
    ],
)
def test_other_tokens_are_refused_with_the_reason(
    claims: Claims, body: object, status: int, complaint: str
) -> None:
    answer, description = put(claims, body)
    assert answer == status
    assert complaint in description
    with pytest.raises(Unauthorized):
        claims.require("jobs")


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def entra(clock: Clock, signer: Signer, tmp_path: Path) -> Claims:
    """Claims of a namespace that takes the tokens of `signer` too."""
    issuer = Issuer(signer.keys(tmp_path / "keys.json"), lambda: clock() / SECOND)
    return Claims(AccessKey(NAME, KEY), clock, issuer=issuer)


def put_entra(claims: Claims, body: object, *, name: str = "sb://localhost/jobs") -> tuple[object, str]:
    asked: dict[object, object] = {"operation": "put-token", "type": "jwt", "name": name}
    return status_of(claims.answer(Request(b"\x40", asked, body)))


def entra_token(signer: Signer, audience: str = AUDIENCES[0], **claims: Any) -> str:
    return signer.token(audience, **{"nbf": None, "iat": None, "exp": EXPIRY, **claims})


def test_a_token_of_the_issuer_covers_the_entity_it_is_put_for(entra: Claims, signer: Signer) -> None:
    assert put_entra(entra, entra_token(signer)) == (202, "Accepted")
    entra.require("jobs/$management")
    with pytest.raises(Unauthorized):
        entra.require("others")


def test_a_token_of_the_issuer_covers_nothing_once_it_has_expired(
    entra: Claims, signer: Signer, clock: Clock
) -> None:
    put_entra(entra, entra_token(signer))
    assert entra.next_expiry() == EXPIRY * SECOND
    clock.pass_seconds(60)
    with pytest.raises(Unauthorized):
        entra.require("jobs")
    assert put_entra(entra, entra_token(signer)) == (401, "The token has expired.")


def test_signatures_are_still_taken_beside_tokens_whatever_they_are_called(entra: Claims) -> None:
    assert put(entra, token("sb://localhost/jobs")) == (202, "Accepted")
    assert put_entra(entra, token("sb://localhost/others")) == (202, "Accepted")
    entra.require("others")


def test_a_key_that_came_later_is_found(entra: Claims, tmp_path: Path) -> None:
    newer = Signer("key-2")
    assert "does not have" in put_entra(entra, entra_token(newer))[1]
    newer.keys(tmp_path / "keys.json")
    assert put_entra(entra, entra_token(newer)) == (202, "Accepted")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"audience": "https://storage.azure.com"}, "not for https://servicebus.azure.net"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "whole seconds"),
        ({"exp": EXPIRY + 0.5}, "whole seconds"),
        ({"nbf": EXPIRY}, "not valid yet"),
        ({"aud": None}, "aud"),
        ({"name": "nobody"}, "does not have"),
    ],
)
def test_tokens_that_do_not_hold_are_refused_with_the_reason(
    entra: Claims, signer: Signer, change: dict[str, Any], complaint: str
) -> None:
    status, description = put_entra(entra, entra_token(signer, **change))
    assert status == 401
    assert complaint in description
    with pytest.raises(Unauthorized):
        entra.require("jobs")


def test_garbage_and_forgeries_are_refused(entra: Claims, signer: Signer) -> None:
    forged = entra_token(Signer(signer.name))
    unsigned = jwt.encode({"aud": AUDIENCES[0], "exp": EXPIRY}, "", "none", {"kid": signer.name})
    for body in ("", "a.b.c", forged, unsigned, entra_token(signer)[:-4]):
        status, description = put_entra(entra, body)
        assert status == 401
        assert len(body) < 10 or body not in description


def test_without_an_issuer_no_token_is_taken(claims: Claims, signer: Signer) -> None:
    status, description = put_entra(claims, entra_token(signer))
    assert (status, "--issuer-keys" in description) == (401, True)


def test_keys_that_cannot_be_read_are_named(clock: Clock, signer: Signer, tmp_path: Path) -> None:
    for text in (None, "no json", "{}", '{"keys": []}'):
        if text is not None:
            (tmp_path / "bad.json").write_text(text)
        claims = Claims(AccessKey(NAME, KEY), clock, issuer=Issuer(tmp_path / "bad.json", clock))
        assert "--issuer-keys" in put_entra(claims, entra_token(signer))[1]
