"""Google's Geocoding and Time Zone APIs by its own client; every function here blocks."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import requests

from shared.maps.google import answers
from shared.maps.model import LatLng, Located
from shared.maps.prices import price_of
from shared.web import Call, Passing, Patience, Service, bill, pooled, retry_after

if TYPE_CHECKING:
    import googlemaps

LANGUAGE = "en"
_GEOCODE = Call("geocoding.geocode", price_of("Geocoding"))
_TIME_ZONE = Call("timezone.timezone", price_of("Time Zone"))
_BROKEN, _BUSY = 500, 429


class Geocoder:
    """Names and addresses to points, points to regions and time zones."""

    def __init__(self, *, key: str, url: str, patience: Patience) -> None:
        self._key, self._url, self._patience = key, url, patience
        self._geocoding = Service("map", group="google geocoding", patience=patience)
        self._zones = Service("map", group="google time zones", patience=patience)
        self._client: googlemaps.Client | None = None

    def locate(self, text: str, *, country: str | None) -> Located | None:
        """The first result for a text, within one country if it is given."""
        within = {"components": {"country": country}} if country else {}

        def read(results: Any) -> Located | None:
            return answers.located(results[0]) if results else None

        return self._ask(self._geocoding, _GEOCODE, "geocode", text, language=LANGUAGE, read=read, **within)

    def region(self, point: LatLng) -> Located | None:
        """The town a point lies in, with its country; None at sea."""
        return self._ask(
            self._geocoding, _GEOCODE, "reverse_geocode", point, language=LANGUAGE, read=answers.region
        )

    def zone(self, point: LatLng, at: datetime) -> str:
        """The IANA zone of a point."""

        def read(answer: Any) -> str:
            return str(answer["timeZoneId"])

        return self._ask(self._zones, _TIME_ZONE, "timezone", point, at, read=read)

    def _ask[T](
        self,
        service: Service,
        call: Call,
        name: str,
        *args: object,
        read: Callable[[Any], T],
        **options: object,
    ) -> T:
        function = getattr(self._known_client(), name)

        def once() -> T:
            result = read(function(*args, **options))
            bill(call)
            return result

        return service.ask(call, lambda: _attempt(service, once))

    def _known_client(self) -> "googlemaps.Client":
        import googlemaps  # noqa: PLC0415 - slow to import, and only workers need it

        if self._client is None:
            self._client = googlemaps.Client(
                key=self._key,
                base_url=self._url,
                connect_timeout=self._patience.connect_seconds,
                read_timeout=self._patience.read_seconds,
                retry_over_query_limit=False,
                requests_session=_session(),
            )
        return self._client


class _BadStatus(Exception):
    """Keeps a passing status from the client, which would repeat the call on its own account."""

    def __init__(self, failure: Passing) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def _session() -> requests.Session:
    session = pooled()
    session.hooks["response"].append(_stop_at_bad_status)
    return session


def _stop_at_bad_status(answer: requests.Response, **_: object) -> None:
    if answer.status_code >= _BROKEN or answer.status_code == _BUSY:
        answer.close()
        raise _BadStatus(Passing(f"status {answer.status_code}", retry_after(answer)))


def _attempt[T](service: Service, ask: Callable[[], T]) -> T | Passing:
    """One request; no exception of the client gets out, for it repeats the address, key included."""
    import googlemaps.exceptions as failures  # noqa: PLC0415 - see above

    try:
        return ask()
    except (failures.ApiError, failures.HTTPError) as error:
        status = str(getattr(error, "status", None) or getattr(error, "status_code", ""))
    except failures.TransportError as error:
        base = error.base_exception
        return base.failure if isinstance(base, _BadStatus) else Passing(type(base).__name__)
    except failures.Timeout:
        return Passing("Timeout")
    except (requests.RequestException, ValueError, LookupError, TypeError, AttributeError):
        return Passing("an answer that cannot be read")
    if status in {"OVER_QUERY_LIMIT", "UNKNOWN_ERROR"}:
        return Passing(status)
    raise service.refused(status)
