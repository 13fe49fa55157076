"""The search as plain Python, whatever is built beside it: for comparing the two."""

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path

from shared.schedules.planning.kernel.search import Search

SOURCE = Path(__file__).with_name("search.py")


def interpreted_search() -> type[Search]:
    """The class as its source has it, loaded anew under a name of its own."""
    loader = SourceFileLoader("shared.schedules.planning.kernel.search_source", str(SOURCE))
    spec = importlib.util.spec_from_file_location(loader.name, SOURCE, loader=loader)
    if spec is None:
        raise ImportError(f"{SOURCE} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    found: type[Search] = module.Search
    return found
