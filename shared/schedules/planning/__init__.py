"""Planning: pure functions from a brief to a plan, and from a plan to its report."""
