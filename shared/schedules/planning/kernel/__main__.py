"""`python -m shared.schedules.planning.kernel`: is the kernel here native code or plain Python?"""

import sys
from pathlib import Path

from shared.schedules.planning.kernel import COMPILED, search


def main() -> int:
    """Print which of the two is loaded, and from where; 1 when native code is older than its source."""
    loaded = Path(search.__file__)
    source = Path(__file__).with_name("search.py")
    stale = COMPILED and loaded.stat().st_mtime < source.stat().st_mtime
    sys.stdout.write(f"{'native' if COMPILED else 'plain'} {loaded}\n")
    if stale:
        sys.stdout.write("It is older than search.py: run ./tripgen native.\n")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
