"""An account, and what may be asked of it. Every rule is of the product's account rules."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from shared.users.wire import Wire

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@cache
def _common_passwords() -> frozenset[str]:
    # zxcvbn's list of 30,000 leaked passwords; loaded at the first sign-up, it takes 50 ms.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])


def _strong(secret: SecretStr) -> SecretStr:
    password = secret.get_secret_value()
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if not (
        re.search(r"[^\W\d_]", password) and re.search(r"\d", password) and re.search(r"[^\w\s]|_", password)
    ):
        raise ValueError("A password has at least one letter, one digit and one symbol.")
    if password.casefold() in _common_passwords():
        raise ValueError("This password is among the most common ones. Choose another.")
    return secret


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("This text has control characters or line breaks. Remove them.")
    return text


def _mailable(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        # The library's reasons quote the address; ours does not.
        raise ValueError("This is not an email address. Write one like name@example.org.") from None


type Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{5,30}$")]
type FullName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=50), AfterValidator(_one_line)
]
type Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_mailable)
]
type Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""E.164: a plus, the country code, at most 15 digits."""
type NewPassword = Annotated[SecretStr, AfterValidator(_strong)]
type KnownPassword = Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD)]


class SignUp(Wire):
    username: Username
    email: Email
    name: FullName
    phone: Phone | None = None
    password: NewPassword


class SignIn(Wire):
    """`login` is a username or an email address; `remember` asks for a session of thirty days."""

    login: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=254),
        AfterValidator(_one_line),
    ]
    password: KnownPassword
    remember: bool = False


class ProfileChange(Wire):
    """What is left out stays as it is; null removes the phone number."""

    username: Username | None = None
    email: Email | None = None
    name: FullName | None = None
    phone: Phone | None = None


class PasswordChange(Wire):
    current_password: KnownPassword
    new_password: NewPassword


class Profile(Wire):
    """An account as its owner reads it; `revision` is its ETag and grows with every change."""

    id: UUID
    username: str
    email: str
    name: str
    phone: str | None
    created_at: datetime
    revision: Annotated[int, Field(exclude=True)]


class Availability(Wire):
    available: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in looks at."""

    user_id: UUID
    password_hash: str
