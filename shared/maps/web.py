"""One pooled HTTP session with timeouts and few, jittered retries; failures become our own errors."""

import logging
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from shared.errors import AppError, Transient
from shared.maps import meter
from shared.maps.prices import Sku

logger = logging.getLogger(__name__)
# urllib3 repeats whole addresses when it retries: the geocoder's hold the key and what the traveller wrote.
logging.getLogger("urllib3").setLevel(logging.ERROR)

CONNECT_SECONDS, READ_SECONDS = 2.0, 8.0
POOL = 16
_PASSING = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of whom, as the meter counts it and the bill names it."""

    service: str
    operation: str
    sku: Sku
    units: int = 1


def session(*, retried: frozenset[int] = _PASSING) -> requests.Session:
    """Retries twice on lost connections and passing statuses; safe for POST too: every call only reads."""
    retries = Retry(
        total=2,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=retried,
        allowed_methods=None,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    pooled = requests.Session()
    for scheme in ("http://", "https://"):
        pooled.mount(scheme, HTTPAdapter(pool_maxsize=POOL, max_retries=retries))
    return pooled


def call(web: requests.Session, method: str, url: str, *, what: Call, absent: int = 0, **options: Any) -> Any:
    """The JSON a service answers with, None for the status `absent`.

    Raises `Transient` when the service is away, `AppError` when it refuses us.
    """
    away = f"The {what.service} service did not answer. Try again in a moment."
    counted = meter.running()
    if counted:
        counted.add_call(what.operation)
    try:
        answer = web.request(method, url, timeout=(CONNECT_SECONDS, READ_SECONDS), **options)
        if answer.status_code in _PASSING:
            raise Transient(away)
        if answer.status_code == absent:
            return None
        if not answer.ok:
            # The status only: a body or an address may repeat the key.
            logger.error("%s refused our call with status %d", what.service, answer.status_code)
            raise AppError(f"The {what.service} service refused our request.")
        body = answer.json()
    except requests.RequestException as error:
        raise Transient(away) from error
    if counted:
        counted.add_cost(what.sku, what.units)
    return body
