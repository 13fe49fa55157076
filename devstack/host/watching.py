"""Which files of an app, when saved, call for a restart, and a queue that tells of them."""

import asyncio
from pathlib import Path

from watchfiles import Change, awatch

_SUFFIXES = frozenset({".py", ".json", ".toml", ".sql", ".txt", ".html"})
_IGNORED = frozenset({"out", "tests", "node_modules", "__pycache__"})


class Watcher:
    """Watches an app folder and its settings file.

    Folders that begin with a dot (virtual environments, state, caches) are left out, so the watch is small;
    a new folder directly under the app is noticed from the next start of the watch.
    """

    def __init__(self, app: Path, settings: Path) -> None:
        self._app = app
        self._settings = settings
        self._changes: asyncio.Queue[list[str]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin watching on the running loop."""
        folders = [path for path in self._app.iterdir() if path.is_dir() and not _is_ignored(path.name)]
        self._tasks = [asyncio.create_task(self._watch([self._app, self._settings.parent], deep=False))]
        if folders:
            self._tasks.append(asyncio.create_task(self._watch(folders, deep=True)))

    async def changed(self) -> list[str]:
        """Wait for a change; the paths that changed, relative to the app, all that came together."""
        paths = set(await self._changes.get())
        while not self._changes.empty():
            paths.update(self._changes.get_nowait())
        return sorted(paths)

    async def stop(self) -> None:
        """End the watch."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, folders: list[Path], *, deep: bool) -> None:
        async for changes in awatch(
            *folders, watch_filter=self._matters, recursive=deep, step=20, debounce=400
        ):
            await self._changes.put([self._shown(Path(path)) for _, path in changes])

    def _matters(self, _: Change, path: str) -> bool:
        changed = Path(path)
        return changed == self._settings or matters(changed, self._app)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self._app)) if path.is_relative_to(self._app) else str(path)


def matters(path: Path, app: Path) -> bool:
    """Whether a changed path is a source of the app."""
    if path.suffix not in _SUFFIXES or not path.is_relative_to(app):
        return False
    return not any(_is_ignored(part) for part in path.relative_to(app).parts)


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED
