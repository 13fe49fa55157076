"""`python -m deploy` writes which functions each service runs; `--check` only tells what is out of date."""

import argparse
import sys
from pathlib import Path

import function_app
from deploy.services import Homeless, environment, split

FOLDER = Path(__file__).parent / "base" / "functions"


def main(arguments: list[str]) -> int:
    """0 when all files are as they should be, 1 when one was not (with --check) or a function has no home."""
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a file is out of date")
    options = parser.parse_args(arguments)
    try:
        wanted = {name: environment(part) for name, part in split(function_app.app.get_functions()).items()}
    except Homeless as error:
        sys.stderr.write(f"{error}\n")
        return 1
    stale = [name for name, text in wanted.items() if _present(name) != text]
    if options.check:
        for name in stale:
            sys.stderr.write(f"{_file(name)} is out of date: run `python -m deploy`.\n")
        return int(bool(stale))
    for name in stale:
        _file(name).write_text(wanted[name])
    return 0


def _file(service: str) -> Path:
    return FOLDER / f"{service}.env"


def _present(service: str) -> str | None:
    return _file(service).read_text() if _file(service).exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
