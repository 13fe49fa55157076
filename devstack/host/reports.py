"""What the host tells the developer, on standard error."""

import sys


def report(line: str) -> None:
    """One line, at once."""
    sys.stderr.write(f"host: {line}\n")
    sys.stderr.flush()
