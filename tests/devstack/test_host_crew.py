"""How the host's loops stop: waiting ones at once, busy ones after their work or their grace."""

import asyncio

from devstack.host.crew import Crew


class Loop:
    """Waits, works for a while when told, and notes what became of it."""

    def __init__(self, crew: Crew, *, seconds: float) -> None:
        self.begun = asyncio.Event()
        self.events: list[str] = []
        self._crew = crew
        self._seconds = seconds

    async def run(self) -> None:
        try:
            while True:
                await asyncio.sleep(0)
                with self._crew.working():
                    self.begun.set()
                    await asyncio.sleep(self._seconds)
                    self.events.append("worked")
        finally:
            await asyncio.sleep(0.01)
            self.events.append("closed")


async def test_waiting_loop_is_closed_at_once() -> None:
    crew = Crew()
    closed = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            closed.set()

    crew.add(wait())
    await asyncio.sleep(0)
    await crew.stop(grace=0)
    assert closed.is_set()


async def test_busy_loop_finishes_its_work_and_starts_no_more() -> None:
    crew = Crew()
    loop = Loop(crew, seconds=0.02)
    crew.add(loop.run())
    await loop.begun.wait()
    await crew.stop(grace=10)
    assert loop.events == ["worked", "closed"]


async def test_work_beyond_the_grace_is_broken_off_and_closed() -> None:
    crew = Crew()
    loop = Loop(crew, seconds=60)
    crew.add(loop.run())
    await loop.begun.wait()
    await crew.stop(grace=0.01)
    assert loop.events == ["closed"]
