"""Google's place types in Kakao's terms: a category group, words of its category names, or both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """Without words the group is the kind; with words a place's category name must have one of them."""

    group: str | None = None
    words: tuple[str, ...] = ()

    def fits(self, group: str, category: str) -> bool:
        """Whether a place of this group and category name (`여행 > 공원 > 도시근린공원`) is of the kind."""
        in_group = self.group is None or self.group == group
        return in_group and (not self.words or any(word in category for word in self.words))


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "museum": Kind("CT1", ("박물관", "기념관", "과학관")),
        "art_gallery": Kind("CT1", ("미술관", "갤러리", "전시관")),
        "performing_arts_theater": Kind("CT1", ("공연장", "극장")),
        "library": Kind("CT1", ("도서관",)),
        "historical_landmark": Kind("AT4", ("고궁", "궁", "유적", "문화재")),
        "park": Kind(None, ("공원",)),
        "hiking_area": Kind(None, ("등산", "둘레길", "산")),
        "botanical_garden": Kind(None, ("식물원", "수목원")),
        "beach": Kind(None, ("해수욕장", "해변")),
        "zoo": Kind(None, ("동물원",)),
        "aquarium": Kind(None, ("아쿠아리움", "수족관")),
        "amusement_park": Kind(None, ("테마파크", "놀이공원")),
        "shopping_mall": Kind(None, ("쇼핑몰", "복합쇼핑", "쇼핑센터")),
        "market": Kind(None, ("시장",)),
        "department_store": Kind(None, ("백화점",)),
        "book_store": Kind(None, ("서점",)),
        "stadium": Kind(None, ("경기장", "야구장", "축구장")),
        "swimming_pool": Kind(None, ("수영장",)),
        "spa": Kind(None, ("스파", "찜질방")),
        "laundry": Kind(None, ("빨래방", "세탁")),
        "train_station": Kind(None, ("기차역",)),
        "airport": Kind(None, ("공항",)),
        "church": Kind(None, ("성당", "교회")),
        "hotel": Kind("AD5", ("호텔",)),
        "lodging": Kind("AD5"),
        "restaurant": Kind("FD6"),
        "cafe": Kind("CE7"),
        "coffee_shop": Kind("CE7"),
        "tourist_attraction": Kind("AT4"),
        "parking": Kind("PK6"),
        "subway_station": Kind("SW8"),
        "supermarket": Kind("MT1"),
        "convenience_store": Kind("CS2"),
        "pharmacy": Kind("PM9"),
    }
)


def types_of(group: str, category: str) -> Iterator[str]:
    """Google's names for what a place is, those that a word tells first."""
    fitting = [name for name, kind in KINDS.items() if kind.fits(group, category)]
    yield from (name for name in fitting if KINDS[name].words)
    yield from (name for name in fitting if not KINDS[name].words)
