"""Triggers: who, what, do, reply. The large domains are imported when a function first calls them.

A host imports every blueprint, whichever functions it runs: where nobody plans, the planner stays out.
"""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec

import shared

_ENTERED_LATER = ("exports", "places", "schedules")


def _enter_later(domain: str) -> None:
    """Put a module in the domain's place that becomes it at the first use of an attribute."""
    name = f"shared.{domain}"
    if name in sys.modules:
        return
    spec = find_spec(name)
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a folder of this repository
    spec.loader = LazyLoader(spec.loader)
    sys.modules[name] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(shared, domain, module)  # where `from shared import …` looks first


for _domain in _ENTERED_LATER:
    _enter_later(_domain)
