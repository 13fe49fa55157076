"""Writes plan documents for the checker's tests: a day is told stop by stop, legs come by themselves."""

import json
import math
from typing import Any, Self

type Json = dict[str, Any]

METRES_PER_DEGREE = 111_195
MUNICH = (48.137, 11.575)


def spot(east: float, north: float, base: tuple[float, float] = MUNICH) -> Json:
    """A point some metres east and north of a base."""
    lat, lng = base
    east_degrees = east / (METRES_PER_DEGREE * math.cos(math.radians(lat)))
    return {"lat": lat + north / METRES_PER_DEGREE, "lng": lng + east_degrees}


def node(kind: str, name: str, point: Json) -> Json:
    return {"kind": kind, "name": name, "point": point}


def place(name: str, point: Json, category: str = "culture", **facts: Any) -> Json:
    """An indoor, step-free place open 09:00 to 22:00, unless told otherwise."""
    return {
        "id": name.lower().replace(" ", "-"),
        "name": name,
        "point": point,
        "category": category,
        "strenuous": False,
        "indoor": True,
        "stepFree": "yes",
        "minVisitMinutes": 20,
        "hoursToday": [["09:00", "22:00"]],
        "cost": {"amount": 10, "currency": "EUR"},
        "source": "test",
        "fetchedAt": "2026-04-01T08:00:00Z",
        **facts,
    }


def metres(a: Json, b: Json) -> int:
    """A street's length between two points: a quarter more than the crow flies."""
    mid = math.radians((a["lat"] + b["lat"]) / 2)
    x, y = (b["lng"] - a["lng"]) * math.cos(mid), b["lat"] - a["lat"]
    return math.ceil(math.hypot(x, y) * METRES_PER_DEGREE * 1.25)


def ride_minutes(mode: str, length: int) -> int:
    return math.ceil(length / 67) if mode == "walk" else 8 + math.ceil(length / 500)


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def clock(total: int) -> str:
    return f"{total // 60:02}:{total % 60:02}"


class Day:
    """Tells a day; `now` and `token` are where the party is, `car` the park it left the car at."""

    def __init__(self, date: str, kind: str, ends: tuple[Json, Json], **facts: Any) -> None:
        self.day: Json = {"date": date, "zone": "Europe/Berlin", "destination": "Munich", "kind": kind}
        self.day |= {"start": ends[0], "end": ends[1], "items": [], "stops": [], **facts}
        self.items: list[Json] = self.day["items"]
        self.now, self.token, self.point = 540, "start", ends[0]["point"]
        self.car: Json = {"name": ends[0]["name"], "point": ends[0]["point"]}

    def at(self, time: str) -> Self:
        self.now = minutes(time)
        return self

    def leg(self, mode: str, to: str, point: Json, **facts: Any) -> Self:
        length = metres(self.point, point)
        walk = {"walk": length, "public": 200}.get(mode, 0)
        taken = facts.get("minutes") or ride_minutes(mode, length)
        leg: Json = {"kind": "leg", "start": clock(self.now), "end": clock(self.now + taken), "mode": mode}
        leg |= {"metres": length, "minutes": taken, "walkMetres": walk, "from": self.token, "to": to}
        self.items.append({**leg, **facts})
        self.now, self.token, self.point = self.now + taken, to, point
        return self

    def stop(self, kind: str, where: Json, times: str, by: str = "walk", **facts: Any) -> Self:
        """Go to a place and be there from and to some times (`10:15 11:30`)."""
        start, end = times.split()
        self.leg(by, where["id"], where["point"])
        self.items.append({"kind": kind, "start": start, "end": end, "place": where, **facts})
        self.now = minutes(end)
        return self

    def visit(self, where: Json, times: str, by: str = "walk", **facts: Any) -> Self:
        return self.stop("visit", where, times, by, why="Suits you.", **facts)

    def lunch(self, where: Json, times: str, by: str = "walk", **facts: Any) -> Self:
        return self.stop("meal", where, times, by, meal="lunch", **facts)

    def dinner(self, where: Json, times: str, by: str = "walk", **facts: Any) -> Self:
        return self.stop("meal", where, times, by, meal="dinner", **facts)

    def rest(self, times: str, **facts: Any) -> Self:
        """A rest where the party is."""
        start, end = times.split()
        self.items.append({"kind": "rest", "start": start, "end": end, "why": "A bench.", **facts})
        self.now = minutes(end)
        return self

    def drive(self, kind: str, where: Json, times: str, park: Json, **facts: Any) -> Self:
        """Walk back to the car, drive it to a car park, and walk on from there."""
        back, onward = metres(self.point, self.car["point"]), metres(park["point"], where["point"])
        self.stop(kind, where, times, "car", parking={**park, "walkMetres": onward}, **facts)
        leg = self.items[-2]
        leg["walkMetres"], leg["parking"], self.car = back + onward, {**park, "walkMetres": onward}, park
        return self.stretch(leg, back + onward)

    def stroll(self, kind: str, where: Json, times: str, **facts: Any) -> Self:
        """Walk on to a stop while the car stays."""
        parking = {**self.car, "walkMetres": metres(self.car["point"], where["point"])}
        return self.stop(kind, where, times, "walk", parking=parking, **facts)

    def stretch(self, leg: Json, walked: int) -> Self:
        leg["minutes"] += ride_minutes("walk", walked)
        leg["end"] = clock(minutes(leg["start"]) + leg["minutes"])
        return self

    def home(self, by: str = "walk") -> Json:
        """End the day at its end node."""
        self.leg(by, "end", self.day["end"]["point"])
        if by == "car":
            back = metres(self.car["point"], self.items[-2]["place"]["point"])
            self.items[-1]["walkMetres"] = back
            self.stretch(self.items[-1], back)
        return self.day


def plan(days: list[Json], party: list[tuple[int, str]], request: Json, **facts: Any) -> Json:
    """The document around the days; the route starts at the first of them."""
    route = {"startDate": days[0]["date"], **request.pop("route")}
    doc = {
        "tripId": "0198c5a0-0000-7000-8000-000000000001",
        "version": 1,
        "status": "draft",
        "seed": 7,
        "generatedAt": "2026-04-02T08:00:00Z",
        "model": None,
        "candidatesSnapshot": "abc",
        "party": [{"age": age, "health": health, "preferences": ["culture"]} for age, health in party],
        "transport": "public",
        "request": {"startTime": "09:00", "route": route, **request},
        "days": days,
        "unmet": [],
        "report": [],
        **facts,
    }
    return unshared(doc)


def unshared(doc: Json) -> Json:
    """A copy in which no two parts are the same object, so that changing one changes no other."""
    copy: Json = json.loads(json.dumps(doc))
    return copy
