"""Access tokens: ours open the door, everything else does not."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.auth import Tokens
from shared.db import new_id
from shared.errors import Unauthenticated
from shared.http import require_user
from tests.unit.web_requests import request

NOW = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)
OLD, NEW, STRANGER = (Ed25519PrivateKey.generate() for _ in range(3))
USER, SESSION = new_id(), new_id()
CLAIMS = {
    "sub": str(USER),
    "sid": str(SESSION),
    "aud": "tripgen",
    "iat": NOW,
    "exp": NOW + timedelta(minutes=15),
}


def pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


PEMS = {"old": pem(OLD), "new": pem(NEW)}


def tokens(active: str = "new", *, now: datetime = NOW) -> Tokens:
    return Tokens(PEMS, active=active, now=lambda: now)


def signed(
    key: Ed25519PrivateKey = NEW, *, kid: str | None = "new", without: str = "", **changes: object
) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if name != without}
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims, key, algorithm="EdDSA", headers=headers)


def unsigned(header: object, payload: object) -> str:
    parts = (json.dumps(part).encode() for part in (header, payload))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def test_a_token_names_the_user_it_was_issued_to() -> None:
    assert tokens().verify(tokens().issue(USER, session_id=SESSION)) == (USER, SESSION)


def test_a_token_of_a_retired_key_still_opens_until_the_key_is_dropped() -> None:
    token = tokens("old").issue(USER, session_id=SESSION)
    assert tokens("new").verify(token) == (USER, SESSION)
    with pytest.raises(Unauthenticated):
        Tokens({"new": PEMS["new"]}, active="new", now=lambda: NOW).verify(token)


@pytest.mark.parametrize(
    ("later", "valid"),
    [
        (timedelta(0), True),
        (timedelta(minutes=14, seconds=59), True),
        (timedelta(minutes=15), False),
        (timedelta(days=1), False),
        (timedelta(seconds=-60), True),  # the clock of another replica may be a minute ahead
        (timedelta(seconds=-61), False),
    ],
)
def test_a_token_lives_fifteen_minutes(later: timedelta, *, valid: bool) -> None:
    token = tokens().issue(USER, session_id=SESSION)
    verifier = tokens(now=NOW + later)
    if valid:
        assert verifier.verify(token) == (USER, SESSION)
    else:
        with pytest.raises(Unauthenticated):
            verifier.verify(token)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(unsigned({"alg": "none", "kid": "new"}, {"sub": str(USER)}), id="alg none"),
        pytest.param(signed(STRANGER), id="another key"),
        pytest.param(signed(OLD, kid="new"), id="swapped kid"),
        pytest.param(signed(kid="unknown"), id="unknown kid"),
        pytest.param(signed(kid=None), id="no kid"),
        pytest.param(signed(iat=NOW + timedelta(hours=1), exp=NOW + timedelta(hours=2)), id="future"),
        pytest.param(signed(aud="other"), id="another audience"),
        pytest.param(signed(sub="42"), id="subject is no user id"),
        *(pytest.param(signed(without=name), id=f"no {name}") for name in CLAIMS),
        pytest.param(
            jwt.encode(CLAIMS, new_curve_key(SECP256R1()), algorithm="ES256", headers={"kid": "new"}),
            id="another algorithm",
        ),
        pytest.param(jwt.encode(CLAIMS, b"k" * 32, algorithm="HS256", headers={"kid": "new"}), id="hmac"),
        pytest.param(signed()[:-4] + "AAAA", id="changed signature"),
        pytest.param(signed() + ".x", id="a part too many"),
        pytest.param("", id="empty"),
        pytest.param("garbage", id="garbage"),
        pytest.param("a.b.c", id="three letters"),
        pytest.param("ü.ü.ü", id="not ASCII"),
        pytest.param(base64.urlsafe_b64encode(b"[" * 20_000).decode() + ".e30.AA", id="deep header"),
        pytest.param(unsigned([], []), id="header is no object"),
    ],
)
def test_what_we_did_not_issue_opens_nothing(token: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().verify(token)


def test_a_token_of_an_ended_session_opens_nothing() -> None:
    ended: set[UUID] = set()
    door = Tokens(PEMS, active="new", ended=ended, now=lambda: NOW)
    token = door.issue(USER, session_id=SESSION)
    assert door.verify(token).session_id == SESSION
    ended.add(SESSION)
    with pytest.raises(Unauthenticated):
        door.verify(token)


def test_a_token_that_was_good_once_still_expires() -> None:
    moment = NOW
    door = Tokens(PEMS, active="new", now=lambda: moment)
    token = door.issue(USER, session_id=SESSION)
    assert [door.verify(token) for _ in range(2)] == [(USER, SESSION)] * 2
    moment += timedelta(minutes=15)
    with pytest.raises(Unauthenticated):
        door.verify(token)


def test_an_active_key_that_is_not_there_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="TOKEN_KEY_ID is 'third'"):
        tokens("third")


def test_a_key_of_another_kind_is_refused_by_its_name() -> None:
    curve = new_curve_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(TypeError, match="TOKEN_KEYS\\['ec'\\]"):
        Tokens({"ec": curve.decode()}, active="ec")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_the_header_is_read_without_case(scheme: str) -> None:
    req = request(headers={"Authorization": f"{scheme} {signed()}"})
    assert require_user(req, tokens()) == UUID(str(USER))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", signed()])
def test_without_a_bearer_token_nobody_is_signed_in(header: str) -> None:
    with pytest.raises(Unauthenticated):
        require_user(request(headers={"Authorization": header}), tokens())
    with pytest.raises(Unauthenticated):
        require_user(request(), tokens())
