"""The search from chosen files, source or compiled, whatever is loaded already: for comparing them."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from shared.schedules.planning.kernel.search import Search

FOLDER = Path(__file__).parent
PACKAGE = "shared.schedules.planning.kernel"
MODULES = ("routes", "search")
"""In the order in which they need each other; compiled and removed together."""


def interpreted_search() -> type[Search]:
    """The search as its source has it."""
    return search_in(FOLDER, ".py")


def search_in(folder: Path, suffix: str) -> type[Search]:
    """The search of the files in a folder, each loaded under its own name and forgotten again.

    Raises ImportError when one is missing. Not for threads: others would meet the wrong module meanwhile.
    """
    kept = {name: sys.modules.pop(name, None) for name in (f"{PACKAGE}.{stem}" for stem in MODULES)}
    try:
        for name in kept:
            _load(name, folder / f"{name.rpartition('.')[2]}{suffix}")
        found: type[Search] = sys.modules[f"{PACKAGE}.search"].Search
    finally:
        for name, module in kept.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
    return found


def _load(name: str, path: Path) -> None:
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded.")
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
