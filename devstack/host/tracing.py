"""W3C trace contexts for work that arrives without one."""

import os

from devstack.host.calls import Trace


def new_trace() -> Trace:
    """A fresh, sampled trace context."""
    digits = os.urandom(24).hex()
    return f"00-{digits[:32]}-{digits[32:]}-01", ""
