"""Google's Geocoding and Time Zone APIs by its own client; every function here blocks."""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

import requests

from shared.errors import AppError, Transient
from shared.maps import meter, web
from shared.maps.google import answers
from shared.maps.model import LatLng, Located
from shared.maps.prices import Sku

if TYPE_CHECKING:
    import googlemaps

logger = logging.getLogger(__name__)

LANGUAGE = "en"


class Geocoder:
    """Names and addresses to points, points to time zones."""

    def __init__(self, *, key: str, url: str) -> None:
        self._key, self._url = key, url
        self._client: googlemaps.Client | None = None

    def locate(self, text: str, *, country: str | None) -> Located | None:
        """The first result for a text, of one country if it is given."""
        components = {"components": {"country": country}} if country else {}
        results = self._ask("geocode", text, language=LANGUAGE, sku="Geocoding", **components)
        return answers.located(results[0]) if results else None

    def zone(self, point: LatLng, at: datetime) -> str:
        """The IANA zone of a point."""
        return str(self._ask("timezone", point, at, sku="Time Zone")["timeZoneId"])

    def _ask(self, call: str, *arguments: object, sku: Sku, **options: object) -> Any:
        import googlemaps  # noqa: PLC0415 - slow to import, and only workers need it

        if self._client is None:
            self._client = googlemaps.Client(
                key=self._key,
                base_url=self._url,
                connect_timeout=web.CONNECT_SECONDS,
                read_timeout=web.READ_SECONDS,
                retry_timeout=1,
                retry_over_query_limit=False,
                requests_session=web.session(retried=frozenset()),  # the client retries those itself
            )
        if counted := meter.running():
            counted.add_call({"geocode": "geocoding.geocode", "timezone": "timezone.timezone"}[call])
            counted.add_cost(sku)
        try:
            return getattr(self._client, call)(*arguments, **options)
        except (googlemaps.exceptions.ApiError, googlemaps.exceptions.HTTPError) as error:
            failure = _refusal(error)
        except (
            googlemaps.exceptions.TransportError,
            googlemaps.exceptions.Timeout,
            requests.RequestException,
        ):
            failure = Transient("The map service did not answer. Try again in a moment.")
        # Not inside a handler: the original repeats the address, key included, and would stay as context.
        raise failure


def _refusal(error: Exception) -> AppError:
    status = str(getattr(error, "status", None) or getattr(error, "status_code", ""))
    if status in {"OVER_QUERY_LIMIT", "UNKNOWN_ERROR"} or status.startswith("5"):
        return Transient("The map service is busy. Try again in a moment.")
    logger.error("the geocoder refused our call: %s", status)
    return AppError("The map service refused our request.")
