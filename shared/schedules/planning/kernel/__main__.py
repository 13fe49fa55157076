"""`python -m shared.schedules.planning.kernel`: is the kernel here native code or plain Python?"""

import sys
from pathlib import Path

from shared.schedules.planning.kernel import COMPILED, search
from shared.schedules.planning.kernel.variants import FOLDER, MODULES


def main() -> int:
    """Print which of the two is loaded, and from where; 1 when native code is older than its source."""
    loaded = Path(search.__file__)
    sources = [path for stem in MODULES for path in FOLDER.glob(f"{stem}.p*")]
    newest = max(sources, key=lambda path: path.stat().st_mtime)
    stale = COMPILED and loaded.stat().st_mtime < newest.stat().st_mtime
    sys.stdout.write(f"{'native' if COMPILED else 'plain'} {loaded}\n")
    if stale:
        sys.stdout.write(f"It is older than {newest.name}: run ./tripgen native.\n")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
