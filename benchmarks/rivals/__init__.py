"""The alternatives, written as their users would write them; each runs as a process of its own."""
