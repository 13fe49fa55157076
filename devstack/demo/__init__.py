"""`./tripgen demo`: one traveller, one trip, one plan, on real input from sign-up to timetable."""

from devstack.demo.command import main

__all__ = ["main"]
