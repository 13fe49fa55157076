"""What is taken out of a text, and what stays: operators still need something to read."""

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import domains

from shared.telemetry import is_private, masked
from shared.telemetry.masking import LONGEST, MASK

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
JOB = "01a221f7-e9cd-7e90-8252-fc4aa2a7642c"
JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMSJ9.c2lnbmF0dXJl"  # three parts of nothing
RANDOM = "zJ3v-Q_8hN0kW5rTqYp2LxB7cMd4FgUaSe6iOuHs1K9"
names = st.text(st.characters(categories=["L", "N", "M"]), min_size=2, max_size=50)
addresses = st.from_regex(r"[a-z0-9][a-z0-9.+_'&=!#-]{0,20}[a-z0-9]", fullmatch=True).flatmap(
    lambda local: domains().map(lambda domain: f"{local}@{domain}")
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail to ines@example.org failed", "mail to *** failed"),
        ("SignUp(email='i@example.org', name='Ines M')", "SignUp(email=***, name=***)"),
        ('{"login": "ines1", "nights": 2}', '{"login": ***, "nights": 2}'),
        ("{'specialRequests': 'no stairs', 'day': 2}", "{'specialRequests': ***, 'day': 2}"),
        ("GET /json?address=a%20b&key=AIzaSyB0&language=en", "GET /json?address=***&key=***&language=en"),
        ('{"point": {"lat": 48.1, "lng": 11.5}, "nights": 2}', '{"point": ***, "nights": 2}'),
        ("near 48.137154, 11.576124 and on", "near *** and on"),
        ("Authorization: Bearer abc", "Authorization: ***"),
        (f"header 'bearer {JWT}'", "header 'bearer ***'"),
        (f"token {JWT} expired", "token *** expired"),
        (f"used {RANDOM} twice", "used *** twice"),
        ("key AIzaSyB0123456789abcdef was refused", "key *** was refused"),
        ("sk-local-0123456789abcdef0123", MASK),
        ("call +491701234567 now", "call *** now"),
        ("https://app.example.org/invitations/aB3?x=1", "https://app.example.org/invitations/***?x=1"),
        ("postgresql://app:secret@10.0.0.4:5432/tripgen", "postgresql://***@10.0.0.0:5432/tripgen"),
        ("twice\nDETAIL:  Key (lower(email))=(a) exists.\nthen", "twice\nDETAIL: ***\nthen"),
        ("Key (lower(username))=(ines1) already exists.", "Key ***"),
        ("[type=x, input_value={'a': 1}, input_type=dict]", "[type=x, input_value=***, input_type=dict]"),
        ("from 203.0.113.77:443", "from 203.0.113.0:443"),
        ("from 2001:db8:1:2::5", "from 2001:db8:1::"),
    ],
)  # fmt: skip
def test_what_is_private_goes(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        f"job {JOB} made 3 calls for 0.245 USD: {{'facts.places': 1}} [trace={TRACE[3:35]} message={JOB}#2]",
        TRACE,
        "12:30:45.123 at 127.0.0.1:5432 and ::1",
        'File "/app/shared/http/edge.py", line 12, in test_of_a_function_with_a_name_that_is_rather_long',
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "POST /api/v1/invitations/accept 200",
        "2026-11-28T11:24:22+00:00 0.25 s",
        "gen_ai.request.model=gpt-4o messaging.destination.name=notification",
    ],
)
def test_what_operators_read_stays(text: str) -> None:
    assert masked(text) == text


@given(address=addresses, before=st.sampled_from(["", "to ", "<", "('", '{"x": "', "email="]))
def test_no_email_address_is_left_wherever_it_stands(address: str, before: str) -> None:
    assert address not in masked(f"{before}{address} refused")


@given(name=names)
def test_a_known_value_is_gone_in_every_form_it_may_be_written_in(name: str) -> None:
    forms = (name, repr(name), json.dumps(name), quote(name, safe=""), urlencode({"x": name}), name.upper())
    for form in forms[:5]:
        left = masked(f"[{form}]", {name})
        assert name not in left.replace(MASK, "") or name in "x="
    assert masked(f"({name})", {name}) == f"({MASK})"


def test_a_short_value_is_hidden_where_it_stands_alone() -> None:
    assert masked("Li asked for a list", {"Li"}) == "*** asked for a list"


def test_case_does_not_help() -> None:
    assert masked("user INES1 is locked", {"ines1"}) == "user *** is locked"


@given(text=st.text(max_size=300))
def test_masking_twice_is_masking_once_and_never_fails(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


def test_a_text_is_cut() -> None:
    assert len(masked("a " * LONGEST)) == LONGEST


@pytest.mark.parametrize(
    "field", ["email", "userName", "new_password", "refreshToken", "specialRequests", "lng"]
)
def test_private_fields_are_known_in_either_spelling(field: str) -> None:
    assert is_private(field)


@pytest.mark.parametrize("field", ["nights", "day", "faas.name", "id", "startDate", "transport"])
def test_other_fields_are_not_private(field: str) -> None:
    assert not is_private(field)
