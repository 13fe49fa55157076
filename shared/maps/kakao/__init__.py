"""Kakao: Local API (places, addresses, regions) and Mobility API (car routes) for South Korea."""

from shared.maps.kakao.local import Local
from shared.maps.kakao.navi import Navi

__all__ = ["Local", "Navi"]
