"""Tokens of operators, verified against an issuer that answers over HTTP, rotates its keys, and goes away."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.auth import Operators, Tokens
from shared.auth.signing_keys import FRESH_SECONDS, KEPT_SECONDS, REST_SECONDS, RETRY_SECONDS, SigningKeys
from shared.cache import Cache
from shared.db import new_id
from shared.errors import Forbidden, RateLimited, Transient, Unauthenticated
from shared.http import require_operator
from shared.http.user import OPERATORS_PER_MINUTE
from shared.web import Patience
from tests.issuer import AUDIENCE, Issuer, rsa_key, running_issuer
from tests.unit.web_requests import request

OPERATOR = new_id()
QUICK = Patience(connect_seconds=0.5, read_seconds=0.5, whole_seconds=0.5, attempts=1)
STRANGER = rsa_key()


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as made:
        yield made


@pytest.fixture
def door(issuer: Issuer, clock: Clock) -> Operators:
    keys = SigningKeys(issuer.issuer, patience=QUICK, clock=clock)
    return Operators(tenant=issuer.tenant, audience=AUDIENCE, issuer=issuer.issuer, keys=keys)


async def is_refused(door: Operators, token: str) -> bool:
    with pytest.raises(Unauthenticated):
        await door.verify(token)
    return True


async def test_a_token_of_the_directory_names_the_operator(door: Operators, issuer: Issuer) -> None:
    for _ in range(5):
        assert (await door.verify(issuer.token(OPERATOR))).id == OPERATOR
    assert issuer.asked == {"openid-configuration": 1, "keys": 1}


async def test_the_address_of_the_keys_may_be_set(issuer: Issuer, clock: Clock) -> None:
    keys = SigningKeys(issuer.issuer, url=f"{issuer.url}/keys", patience=QUICK, clock=clock)
    door = Operators(tenant=issuer.tenant, audience=AUDIENCE, issuer=issuer.issuer, keys=keys)
    await door.verify(issuer.token(OPERATOR))
    assert issuer.asked == {"keys": 1}


@pytest.mark.parametrize("seconds", [-3_000, -30, 0, 30])
async def test_clocks_may_differ_by_a_minute(door: Operators, issuer: Issuer, seconds: int) -> None:
    now = int(time.time())
    token = issuer.token(OPERATOR, iat=now + seconds, nbf=now + seconds, exp=now + seconds + 3_600)
    await door.verify(token)
    await door.verify(issuer.token(OPERATOR, exp=now - 30))


HOUR = 3_600
WRONG: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - HOUR},
    "not yet": {"nbf": int(time.time()) + HOUR},
    "of the future": {"iat": int(time.time()) + HOUR},
    "another audience": {"aud": "api://other"},
    "no audience": {"aud": []},
    "another tenant": {"tid": str(new_id())},
    "tenant is no id": {"tid": "common"},
    "another issuer": {"iss": "https://login.microsoftonline.com/common/v2.0"},
    "object id is no id": {"oid": "ines"},
    "expiry is text": {"exp": "tomorrow"},
    **{f"without {name}": {name: None} for name in ("iss", "aud", "tid", "oid", "azp", "iat", "nbf", "exp")},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
async def test_a_token_that_says_something_else_is_refused(
    door: Operators, issuer: Issuer, changes: dict[str, Any]
) -> None:
    assert await is_refused(door, issuer.token(OPERATOR, **changes))


@pytest.mark.parametrize("roles", [None, [], ["Admin"], ["reader"], "admin", {"admin": True}])
async def test_without_the_role_nothing_is_for_them(door: Operators, issuer: Issuer, roles: object) -> None:
    with pytest.raises(Forbidden, match="admin"):
        await door.verify(issuer.token(OPERATOR, roles=roles))


async def test_one_role_among_others_is_enough(door: Operators, issuer: Issuer) -> None:
    await door.verify(issuer.token(OPERATOR, roles=["reader", "admin"]))


async def test_no_forged_signature_opens(door: Operators, issuer: Issuer) -> None:
    issuer.rotate("second")
    claims, first, second = issuer.claims(OPERATOR), issuer.keys["first"], issuer.keys["second"]
    pem = first.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forged = {
        "another key": jwt.encode(claims, STRANGER, algorithm="RS256", headers={"kid": "first"}),
        "swapped kid": jwt.encode(claims, second, algorithm="RS256", headers={"kid": "first"}),
        "no kid": jwt.encode(claims, first, algorithm="RS256"),
        "another hash": jwt.encode(claims, first, algorithm="RS512", headers={"kid": "first"}),
        "another padding": jwt.encode(claims, first, algorithm="PS256", headers={"kid": "first"}),
        "curve": jwt.encode(claims, new_curve_key(SECP256R1()), algorithm="ES256", headers={"kid": "first"}),
        "alg none": unsigned({"alg": "none", "kid": "first"}, claims),
        "public key as secret": hmac_token(claims, pem),
        "cut": issuer.token(OPERATOR)[:-4] + "AAAA",
        "garbage": "a.b.c",
        "empty": "",
        "not ASCII": "ü.ü.ü",
        "huge": issuer.token(OPERATOR, note="x" * 20_000),
        "deep": base64.urlsafe_b64encode(b"[" * 10_000).decode() + ".e30.AA",
        "no object": unsigned([], []),
        "key of its own": embedded(claims),
    }
    for name, token in forged.items():
        assert await is_refused(door, token), name
    await door.verify(issuer.token(OPERATOR))


def unsigned(header: object, payload: object) -> str:
    parts = (json.dumps(part).encode() for part in (header, payload))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def hmac_token(claims: dict[str, object], secret: bytes) -> str:
    """HS256 with what everybody knows; made by hand, as the library refuses to."""
    head = unsigned({"alg": "HS256", "typ": "JWT", "kid": "first"}, claims).removesuffix(".")
    signature = hmac.new(secret, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def embedded(claims: dict[str, object]) -> str:
    """A token that brings its own key (`jwk`) and says where to find it (`jku`)."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.public_key(), as_dict=True)
    headers = {"kid": "first", "jwk": jwk, "jku": "http://127.0.0.1:9/keys"}
    return jwt.encode(claims, STRANGER, algorithm="RS256", headers=headers)


async def test_users_and_operators_tokens_do_not_open_each_others_doors(
    door: Operators, issuer: Issuer
) -> None:
    own = Ed25519PrivateKey.generate()
    pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    tokens = Tokens({"first": pem}, active="first")
    assert await is_refused(door, tokens.issue(new_id(), session_id=new_id()))
    with pytest.raises(Unauthenticated):
        tokens.verify(issuer.token(OPERATOR, sub=str(OPERATOR), sid=str(OPERATOR)))
    assert not issuer.asked


async def test_a_rotated_key_is_known_by_its_first_token(
    door: Operators, issuer: Issuer, clock: Clock
) -> None:
    await door.verify(issuer.token(OPERATOR))
    old = issuer.token(OPERATOR)
    clock.now += REST_SECONDS
    issuer.rotate("second", dropping="first")
    await door.verify(issuer.token(OPERATOR))
    assert await is_refused(door, old)


async def test_a_dropped_key_opens_for_an_hour_at_most(door: Operators, issuer: Issuer, clock: Clock) -> None:
    old = issuer.token(OPERATOR)
    await door.verify(old)
    issuer.rotate("second", dropping="first")
    clock.now += FRESH_SECONDS - 1
    await door.verify(old)
    clock.now += 1
    assert await is_refused(door, old)


async def test_keys_nobody_knows_are_asked_about_once_a_minute(
    door: Operators, issuer: Issuer, clock: Clock
) -> None:
    await door.verify(issuer.token(OPERATOR))
    for _ in range(20):
        assert await is_refused(door, issuer.token(OPERATOR, key_id=new_id().hex))
    assert issuer.asked["keys"] == 1
    clock.now += REST_SECONDS
    tokens = [issuer.token(OPERATOR, key_id=new_id().hex) for _ in range(20)]
    outcomes = await asyncio.gather(*(door.verify(token) for token in tokens), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unauthenticated}
    assert issuer.asked["keys"] == 2


async def test_many_first_requests_are_one_question(door: Operators, issuer: Issuer) -> None:
    issuer.trouble = "slow"
    patient = SigningKeys(issuer.issuer)
    door = Operators(tenant=issuer.tenant, audience=AUDIENCE, issuer=issuer.issuer, keys=patient)
    found = await asyncio.gather(*(door.verify(issuer.token(OPERATOR)) for _ in range(30)))
    assert {one.id for one in found} == {OPERATOR}
    assert issuer.asked == {"openid-configuration": 1, "keys": 1}


TROUBLES = ("away", "error", "missing", "garbage", "slow", "another issuer")


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_known_keys_go_on_while_the_issuer_is_away(
    door: Operators, issuer: Issuer, clock: Clock, trouble: str
) -> None:
    await door.verify(issuer.token(OPERATOR))
    issuer.trouble = trouble
    clock.now += FRESH_SECONDS
    for _ in range(5):
        await door.verify(issuer.token(OPERATOR))
        assert await is_refused(door, issuer.token(OPERATOR, key_id="unknown"))
    assert issuer.asked["openid-configuration"] == 2
    clock.now += RETRY_SECONDS
    issuer.trouble = None
    issuer.rotate("second")
    await door.verify(issuer.token(OPERATOR))


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_nobody_gets_in_before_the_issuer_told_its_keys(
    door: Operators, issuer: Issuer, clock: Clock, trouble: str
) -> None:
    issuer.trouble = trouble
    for _ in range(5):
        with pytest.raises(Transient):
            await door.verify(issuer.token(OPERATOR))
    assert issuer.asked["openid-configuration"] == 1
    issuer.trouble = None
    clock.now += RETRY_SECONDS
    await door.verify(issuer.token(OPERATOR))


async def test_keys_that_nobody_confirmed_for_a_day_are_dropped(
    door: Operators, issuer: Issuer, clock: Clock
) -> None:
    await door.verify(issuer.token(OPERATOR))
    issuer.trouble = "error"
    clock.now += KEPT_SECONDS
    with pytest.raises(Transient):
        await door.verify(issuer.token(OPERATOR))


async def test_keys_that_are_no_good_are_left_out(door: Operators, issuer: Issuer) -> None:
    weak, other = rsa_key(1_024), rsa_key()
    public = jwt.algorithms.RSAAlgorithm.to_jwk
    issuer.extra = [
        {**public(weak.public_key(), as_dict=True), "kid": "weak", "use": "sig"},
        {**public(other.public_key(), as_dict=True), "kid": "for encryption", "use": "enc"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric", "use": "sig"},
        {"kty": "RSA", "n": "!", "e": "AQAB", "kid": "damaged", "use": "sig"},
        {"kty": "RSA", "kid": "empty"},
    ]
    await door.verify(issuer.token(OPERATOR))
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        short = jwt.encode(issuer.claims(OPERATOR), weak, algorithm="RS256", headers={"kid": "weak"})
    wrong_use = jwt.encode(
        issuer.claims(OPERATOR), other, algorithm="RS256", headers={"kid": "for encryption"}
    )
    for token in (short, wrong_use):
        assert await is_refused(door, token)


async def test_where_nobody_set_up_a_directory_nobody_is_an_operator(cache: Cache, issuer: Issuer) -> None:
    req = request(headers={"Authorization": f"Bearer {issuer.token(OPERATOR)}"})
    with pytest.raises(Unauthenticated, match="OPERATOR_TENANT"):
        await require_operator(req, None, cache=cache)


async def test_forged_tokens_of_one_address_are_counted(cache: Cache, door: Operators) -> None:
    forger = request(headers={"Authorization": "Bearer a.b.c", "X-Forwarded-For": new_id().hex})
    for _ in range(OPERATORS_PER_MINUTE):
        with pytest.raises(Unauthenticated):
            await require_operator(forger, door, cache=cache)
    with pytest.raises(RateLimited):
        await require_operator(forger, door, cache=cache)
