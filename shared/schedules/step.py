"""One step of one job, in the hands of one worker."""

import threading
from dataclasses import dataclass
from uuid import UUID

from shared.schedules.model import Job


@dataclass(frozen=True, slots=True)
class Step:
    """`holder` guards every effect of the step; `lost` is set when the job is no longer ours."""

    job: Job
    holder: UUID
    lost: threading.Event
