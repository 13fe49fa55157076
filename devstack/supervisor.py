"""Start servers in groups, keep them running, and stop them in reverse order whatever happens."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from devstack.service import Say, Service, ServiceError, ServiceSpec
from devstack.slot import Slot


class Supervisor:
    """Servers by name. Leaving the `with` block stops all of them, the last group first."""

    def __init__(self, slot: Slot, *, say: Say) -> None:
        self.slot = slot
        self._say = say
        self._groups: list[list[Service]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()

    def start_group(self, specs: Iterable[ServiceSpec]) -> None:
        """Start servers at the same time and wait for all; raises ServiceError naming one that failed."""
        group = [Service(spec, slot=self.slot, say=self._say) for spec in specs]
        self._groups.append(group)
        for service in group:
            service.start()
        for service in group:
            service.wait()

    def stop_all(self) -> None:
        """Stop every server; a group at a time, the newest first."""
        while self._groups:
            _together(self._groups[-1])
            self._groups.pop()

    def service(self, name: str) -> Service:
        """A server by its name."""
        for service in self.services():
            if service.spec.name == name:
                return service
        known = ", ".join(service.spec.name for service in self.services())
        raise ServiceError(f"There is no server {name!r}; there are: {known}.")

    def services(self) -> list[Service]:
        """All servers in the order they were started."""
        return [service for group in self._groups for service in group]

    def url(self, name: str) -> str:
        """Main address of a server."""
        return self.service(name).url

    def kill(self, name: str) -> None:
        """SIGKILL a server; it is started again on the same port (see `wait`)."""
        self.service(name).kill()

    def wait(self, name: str) -> None:
        """Return once a server is ready."""
        self.service(name).wait()

    def pause(self, name: str) -> None:
        """Freeze a server with its connections open."""
        self.service(name).pause()

    def resume(self, name: str) -> None:
        """Let a paused server go on."""
        self.service(name).resume()

    def stop(self, name: str) -> None:
        """Stop a server until `start`."""
        self.service(name).stop()

    def start(self, name: str) -> None:
        """Start a stopped server on its port and wait until it is ready."""
        self.service(name).start()
        self.service(name).wait()


def _together(services: Sequence[Service]) -> None:
    if services:
        with ThreadPoolExecutor(len(services)) as pool:
            list(pool.map(Service.stop, services))
