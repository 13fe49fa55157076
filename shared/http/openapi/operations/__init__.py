"""Every endpoint of the API by the name of its function, with the models it reads and answers with."""

from shared.http.openapi.operation import Operation
from shared.http.openapi.operations.accounts import ACCOUNTS
from shared.http.openapi.operations.places import PLACES
from shared.http.openapi.operations.plans import PLANS
from shared.http.openapi.operations.service import SERVICE
from shared.http.openapi.operations.trips import SHARING, TRIPS

OPERATIONS: dict[str, Operation] = {**ACCOUNTS, **TRIPS, **SHARING, **PLANS, **PLACES, **SERVICE}
HIDDEN = frozenset({"answer_preflight"})
"""Functions that are part of the protocol, not of the API."""
