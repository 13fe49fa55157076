"""What every map service can be asked; each function blocks and runs in a thread of the port."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.maps.model import FoundPlace, Journey, LatLng, Located, Ranking, TravelMode


class PlaceSearch(Protocol):
    """All raise Transient when the service is away or busy, AppError when it refuses us."""

    def search(self, kind: str, centre: LatLng, radius: int) -> list[FoundPlace]:
        """Many places of one type, the best known first."""

    def nearby(
        self, kinds: Sequence[str], centre: LatLng, radius: int, *, limit: int, by: Ranking
    ) -> list[FoundPlace]:
        """A few places of any of the types, ranked."""

    def find(self, text: str, centre: LatLng, radius: int, *, limit: int) -> list[FoundPlace]:
        """Places that the words mean, best match first."""


class Provider(PlaceSearch, Protocol):
    """Everything that depends on the country."""

    def locate(self, text: str, *, country: str | None) -> Located | None:
        """The place a name or an address means."""

    def region(self, point: LatLng) -> Located | None:
        """The town or district a point lies in, None at sea."""

    def travel(
        self, origin: LatLng, destination: LatLng, *, mode: TravelMode, departure: datetime | None
    ) -> Journey | None:
        """The usual way between two points, None where none leads."""

    def matrix(
        self,
        origin: LatLng,
        destinations: Sequence[LatLng],
        *,
        mode: TravelMode,
        departure: datetime | None,
    ) -> list[Journey | None]:
        """The ways to many points, in their order."""
