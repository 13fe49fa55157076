"""What is asked and said about sharing a trip."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, SecretStr

from shared.trips.model import MemberName, Role, Wire

type Invited = Literal["editor", "viewer"]


class InvitationDraft(Wire):
    """Who follows the link within `days` gets the role."""

    role: Invited = "viewer"
    days: int = Field(default=7, ge=1, le=30, strict=True)


class Invitation(Wire):
    id: UUID
    role: Invited
    expires_at: datetime


class NewInvitation(Invitation):
    """`token` is part of the link and told only once; whoever has it may join."""

    token: str


class InvitationList(Wire):
    items: tuple[Invitation, ...]


class Acceptance(Wire):
    """`name` is how the others of the trip see who joined."""

    token: SecretStr = Field(min_length=1, max_length=128)
    name: MemberName


class Joined(Wire):
    trip_id: UUID
    role: Role


class Person(Wire):
    user_id: UUID
    name: str
    role: Invited
    joined_at: datetime


class People(Wire):
    items: tuple[Person, ...]
