"""Every rule of an account, at its edges (product rules, Account)."""

import pytest
from pydantic import ValidationError

from shared.http import read_body
from shared.users import SignIn, SignUp
from tests.unit.web_requests import refusals, request

PHRASE = "correct-horse-7"
ADA = {"username": "ada99", "email": "ada@example.org", "name": "Ada", "password": PHRASE}


def sign_up(**changes: object) -> SignUp:
    return read_body(request({**ADA, **changes}), SignUp)


@pytest.mark.parametrize("username", ["abcde", "A1b2C", "12345", "a" * 30])
def test_a_username_is_5_to_30_letters_and_digits(username: str) -> None:
    assert sign_up(username=username).username == username


@pytest.mark.parametrize(
    "username", ["abcd", "a" * 31, "", "ada 99", "ada_99", "ada-99", "ädaaa", "ada99\n", "ada99\x00", "١٢٣٤٥"]
)
def test_any_other_username_is_refused(username: str) -> None:
    assert set(refusals({**ADA, "username": username}, SignUp)) == {"/username"}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ada@example.org", "ada@example.org"),
        (" ada@example.org ", "ada@example.org"),
        ("Ada+trips@Mail.EXAMPLE.org", "Ada+trips@mail.example.org"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_email_address_is_kept_as_written_but_for_its_domain(written: str, kept: str) -> None:
    assert sign_up(email=written).email == kept


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "ada@",
        "@mail.example.net",
        "ada@example",
        "ada@@example.org",
        "ada@exa mple.org",
        "Ada <ada@example.org>",
        "ada@example.org\nbcc: x@example.org",
        "ada\x00@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 250 + ".org",
    ],
)
def test_what_is_no_email_address_is_refused_without_repeating_it(email: str) -> None:
    wrong = refusals({**ADA, "email": email}, SignUp)
    assert set(wrong) == {"/email"}
    assert email not in wrong["/email"]


@pytest.mark.parametrize(
    "name",
    ["Bo", "n" * 50, "Åse Ødegård", "山田　太郎", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "O’Brien"],
)
def test_a_name_has_2_to_50_characters_of_any_script(name: str) -> None:
    assert sign_up(name=name).name == name


@pytest.mark.parametrize("name", ["B", " B ", "n" * 51, "", "Ada\nLovelace", "Ada\x00", "Ada\u2028Lovelace"])
def test_any_other_name_is_refused(name: str) -> None:
    assert set(refusals({**ADA, "name": name}, SignUp)) == {"/name"}


@pytest.mark.parametrize("phone", ["+4915112345678", "+1234567", "+123456789012345", None])
def test_a_phone_number_is_written_as_e164_or_left_out(phone: str | None) -> None:
    assert sign_up(phone=phone).phone == phone


@pytest.mark.parametrize(
    "phone",
    ["015112345678", "+015112345", "+123456", "+1234567890123456", "+49 151 12345", "+49151a2345", ""],
)
def test_any_other_phone_number_is_refused(phone: str) -> None:
    assert set(refusals({**ADA, "phone": phone}, SignUp)) == {"/phone"}


@pytest.mark.parametrize(
    "password", ["abcdef1!", "a1!" + "x" * 125, "pass phrase 7_", "пароль-дом-7", "1234567é!"]
)
def test_a_password_is_8_to_128_long_with_a_letter_a_digit_and_a_symbol(password: str) -> None:
    assert sign_up(password=password).password.get_secret_value() == password


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("abcde1!", "8 to 128"),
        ("a1!" + "x" * 126, "8 to 128"),
        ("abcdefg!", "digit"),
        ("1234567!", "letter"),
        ("abcdefg1", "symbol"),
        ("abcdefg 1", "symbol"),
        ("p@ssw0rd", "common"),
        ("P@SSW0rd", "common"),
        ("1qaz@wsx", "common"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, reason: str) -> None:
    wrong = refusals({**ADA, "password": password}, SignUp)
    assert set(wrong) == {"/password"}
    assert reason in wrong["/password"]
    assert password not in wrong["/password"]


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = refusals({"username": "x", "email": 7, "password": "short", "admin": True}, SignUp)
    assert set(wrong) == {"/username", "/email", "/name", "/password", "/admin"}


@pytest.mark.parametrize("login", ["", "   ", "ada\x00", "x" * 255])
def test_a_login_that_cannot_be_one_is_refused_before_any_store_sees_it(login: str) -> None:
    assert set(refusals({"login": login, "password": PHRASE}, SignIn)) == {"/login"}


@pytest.mark.parametrize(("email", "password"), [("not an address", PHRASE), ("ada@example.org", "hunter2")])
def test_neither_email_nor_password_shows_in_a_representation_or_an_error(email: str, password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SignUp.model_validate({**ADA, "email": email, "password": password})
    assert email not in f"{refused.value} {refused.value!r}"
    assert password not in f"{refused.value} {refused.value!r}"
    assert PHRASE not in f"{sign_up()!r} {sign_up()}"
