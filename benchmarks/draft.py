"""From a traveller's request to the first checked plan, through HTTP and queues."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle, islice, product

from benchmarks.measurement import Bar, Measurement, percentile
from benchmarks.traveller import Traveller
from devstack.demo.parties import PARTIES
from devstack.service import Say
from devstack.stack import Stack

CITIES = ("Munich", "Salzburg", "Seoul")
NIGHTS = 2
START = "2027-05-04"
SEQUENTIAL, AT_ONCE = 20, 10
DRAFTED = ("drafted", "refining", "completed")
EVERY = 5  # requests between two lines of progress


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """20 requests one after the other, then 10 at once: trips of three days, three cities and parties."""
    with Traveller(stack.web) as traveller:
        for city in CITIES:  # the store is warm: no place is looked up while measured
            traveller.wait_for(_request(traveller, "friends", city)[0], "completed")
        say(f"draft  the places of {', '.join(CITIES)} are in the store")
        samples = []
        cases = list(islice(cycle(product(PARTIES, CITIES)), SEQUENTIAL))
        for number, (party, city) in enumerate(cases, start=1):
            job, seconds = _request(traveller, party, city)
            traveller.wait_for(job, "completed")  # the next one has the machine to itself
            samples.append(seconds)
            if number % EVERY == 0:
                say(f"draft  {number} of {SEQUENTIAL} requests, the last took {seconds:.2f} s")
    together = _together(stack, cases[:AT_ONCE])
    say(f"draft  {AT_ONCE} requests at once: {min(together):.2f} to {max(together):.2f} s")
    return [
        Measurement("draft", "request to draft, p50", "s", percentile(samples, 50), (Bar("≤", 1.0),)),
        Measurement("draft", "request to draft, p95", "s", percentile(samples, 95), (Bar("≤", 2.0),)),
        Measurement("draft", f"the slowest of {AT_ONCE} at once", "s", max(together), (Bar("≤", 5.0),)),
    ]


def _request(traveller: Traveller, party: str, city: str) -> tuple[str, float]:
    """The job, and the seconds from asking for a plan to knowing that its draft is there."""
    trip = traveller.new_trip(party, [(city, NIGHTS)], start=START)["id"]
    begun = time.monotonic()
    job = traveller.ask(trip, seed=1)
    traveller.wait_for(job, *DRAFTED)
    return job, time.monotonic() - begun


def _together(stack: Stack, cases: list[tuple[str, str]]) -> list[float]:
    """Each request from a traveller of its own: jobs of one traveller wait in line."""
    with ThreadPoolExecutor(len(cases)) as pool, ExitStack() as signed_in:
        travellers = [signed_in.enter_context(Traveller(stack.web)) for _ in cases]
        running = [pool.submit(_request, who, *case) for who, case in zip(travellers, cases, strict=True)]
        return [request.result()[1] for request in running]
