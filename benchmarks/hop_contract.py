"""The message of the hop measurement, the same for both sides."""

from typing import Literal
from uuid import UUID

from shared.messaging import Message


class Hop(Message):
    """Ids and little else, as all messages; `posted_at` is on the clock of the journal, in nanoseconds."""

    queue = "notification"

    type: Literal["Hop"] = "Hop"
    version: Literal[1] = 1
    job_id: UUID
    number: int
    posted_at: int
