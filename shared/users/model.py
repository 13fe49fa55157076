"""An account, and what may be asked of it. Every rule is of the product's account rules."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, SecretStr, StringConstraints
from pydantic.alias_generators import to_camel

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128


class Wire(BaseModel):
    """Frozen, camelCase on the wire; a field nobody declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


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
        re.search(r"[^\W\d_]", password) and re.search(r"\d", password) and re.search(r"[\W_]", password)
    ):
        raise ValueError("A password has at least one letter, one digit and one symbol.")
    if password.casefold() in _common_passwords():
        raise ValueError("This password is among the most common ones. Choose another.")
    return secret


def _one_line(name: str) -> str:
    if not name.isprintable():
        raise ValueError("A name has no control characters.")
    return name


type Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{5,30}$")]
type FullName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=50), AfterValidator(_one_line)
]
type Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""E.164: a plus, the country code, at most 15 digits."""


class SignUp(Wire):
    username: Username
    email: Annotated[EmailStr, Field(max_length=254)]
    name: FullName
    phone: Phone | None = None
    password: Annotated[SecretStr, AfterValidator(_strong)]


class SignIn(Wire):
    """`login` is a username or an email address."""

    login: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    password: Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD)]


class Profile(Wire):
    id: UUID
    username: str
    email: str
    name: str
    phone: str | None
    created_at: datetime


class Session(Wire):
    """`expires_in` seconds from now the token is of no use any more."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name
    expires_in: int
    user_id: UUID


class Availability(Wire):
    available: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in looks at."""

    user_id: UUID
    password_hash: str
    failed_sign_ins: int
    locked: bool
