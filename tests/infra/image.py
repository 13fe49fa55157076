"""The files of the image, worked out from Dockerfile and .dockerignore without a container engine."""

import fnmatch
import re
from pathlib import Path

from tests.launch import ROOT

SOURCES = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)


def ignored(path: str, rules: list[str]) -> bool:
    """Whether a path stays out of the build; as in Docker the last rule that fits decides."""
    found = False
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        deep = rule.removeprefix("!").startswith("**/")
        parts = path.split("/")
        heads = ["/".join(parts[:i]) for i in range(1, len(parts) + 1)]
        fits = any(_fits(name, pattern) for name in (parts if deep else heads))
        found = not rule.startswith("!") if fits else found
    return found


def _fits(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)


def sent(names: list[str]) -> set[str]:
    """Which of these paths reach the builder."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    return {name for name in names if not ignored(name, rules)}


def stage(name: str) -> str:
    """The instructions of one stage of the Dockerfile, lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return re.split(r"^FROM \S+ AS ", text, flags=re.MULTILINE)[{"build": 1, "app": 2}[name]]


def in_image(names: list[str]) -> set[str]:
    """Which of these paths lie under wwwroot in the image; installed packages are not among them."""
    taken = SOURCES.findall(stage("app"))
    wanted = [word for sources in taken for word in sources.split()]
    wanted += re.findall(r"^COPY --from=build /build/(\S+) \1$", stage("app"), re.MULTILINE)
    return {n for n in sent(names) if any(n == w or n.startswith(f"{w}/") for w in wanted)}


def everything(root: Path) -> list[str]:
    """Every file of a working copy that could be sent, however untidy the copy is."""
    top = [path for path in root.iterdir() if not path.name.startswith(".venv")]
    files = [f for path in top for f in ([path] if path.is_file() else path.rglob("*")) if f.is_file()]
    return [f.relative_to(root).as_posix() for f in files]
