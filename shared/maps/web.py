"""One pooled HTTP session with timeouts and few, jittered retries; failures become our own errors."""

import logging
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from shared.errors import AppError, Transient

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 2.0, 8.0
POOL = 16
_PASSING = {408, 429, 500, 502, 503, 504}


def session() -> requests.Session:
    """Retries twice on refusals that pass; safe for POST too, since every call here only reads."""
    retries = Retry(
        total=2,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=_PASSING,
        allowed_methods=None,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    pooled = requests.Session()
    for scheme in ("http://", "https://"):
        pooled.mount(scheme, HTTPAdapter(pool_maxsize=POOL, max_retries=retries))
    return pooled


def call(web: requests.Session, method: str, url: str, *, service: str, **options: Any) -> dict[str, Any]:
    """The JSON object a service answers with; `Transient` when it is away, `AppError` when it refuses us."""
    try:
        answer = web.request(method, url, timeout=(CONNECT_SECONDS, READ_SECONDS), **options)
        if answer.status_code in _PASSING:
            raise Transient(f"The {service} service did not answer. Try again in a moment.")
        if not answer.ok:
            # The status only: a body or an address may repeat the key.
            logger.error("%s refused our call with status %d", service, answer.status_code)
            raise AppError(f"The {service} service refused our request.")
        body: dict[str, Any] = answer.json()
    except requests.RequestException as error:
        raise Transient(f"The {service} service did not answer. Try again in a moment.") from error
    return body
