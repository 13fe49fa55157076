"""Imported by the fork server alone: brings the packages of the app into its memory.

A fork is safe only while there is a single thread. Where importing a package starts one the server ends here,
and workers start from nothing.
"""

import gc
import importlib
import os
import sys
from pathlib import Path

from devstack.host.forking import MODULES
from devstack.host.reports import report

_THREADS = Path("/proc/self/task")  # one entry each; systems without it start no threads behind our back


def _import_all(names: str) -> None:
    for name in names.split(","):
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - the app will meet it too, and say so
            report(f"{name} cannot be kept in memory for a reload: {error!r}")


_import_all(os.environ.pop(MODULES))
if _THREADS.exists() and len(os.listdir(_THREADS)) > 1:  # noqa: PTH208 - names are enough
    sys.exit("host: a package starts a thread when it is imported; workers start from nothing")
gc.freeze()  # collections in the forks leave these objects, and the memory they share, alone
