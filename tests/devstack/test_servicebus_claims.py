"""The $cbs node: which tokens are let in, what they cover, and for how long."""

import base64
import hashlib
import hmac
from urllib.parse import quote_plus

import pytest

from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.broker.errors import Unauthorized
from devstack.servicebus.cbs import AccessKey, Claims
from devstack.servicebus.requests import Request
from tests.devstack.servicebus_parts import SECOND, START, Clock

NAME, KEY = "Root", "s3cret+/="
EXPIRY = START // SECOND + 60


def token(audience: str, *, key: str = KEY, name: str = NAME, expiry: int = EXPIRY) -> str:
    resource = quote_plus(audience)
    signature = hmac.digest(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256)
    encoded = quote_plus(base64.b64encode(signature))
    return f"SharedAccessSignature sr={resource}&sig={encoded}&se={expiry}&skn={name}"


def put(claims: Claims, body: object) -> tuple[object, str]:
    reply = claims.answer(Request(b"\x40", {"operation": "put-token"}, body))
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
        ("eyJhbGciOi.e30.x", 401, "Only shared access signatures"),
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
