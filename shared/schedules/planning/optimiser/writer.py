"""Writes a day that was lived in the simulation as the document's items, adding nothing but words."""

from shared.schedules.planning.brief import Candidate
from shared.schedules.planning.document import (
    BadSlot,
    Day,
    DayStop,
    Item,
    Money,
    Parking,
    Place,
    Totals,
)
from shared.schedules.planning.optimiser import words
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.opening import hours_on
from shared.schedules.planning.optimiser.stays import (
    BENCH,
    DINNER,
    LUNCH,
    REST,
    VISIT,
    Outcome,
    Ride,
    Stay,
)
from shared.schedules.planning.optimiser.travel import NO_CAR, walked_metres
from shared.schedules.planning.optimiser.words import LATEST, TooLate, clock_text, minutes_of

FREE_FROM = 20


class DayWriter:
    """Writes the items of one day in order, remembering where the party and its car are."""

    def __init__(self, instance: Instance, frame: Frame) -> None:
        self._instance = instance
        self._frame = frame
        self._spot = instance.start_spot(frame)
        self._label = "start"
        self._items: list[Item] = []
        self._car_at_home = frame.car_stays
        weather = instance.brief.weather.get(frame.date)
        self._bad_slots = weather.bad_slots if weather else []

    def write(self, day: Outcome) -> Day:
        """The day's document."""
        for stay in day.stays:
            self._travel(stay.rides)
            self._free_until(stay.start, f"Free time around {self._name(stay)}.")
            self._items.append(self._stay(stay))
        self._travel(day.home)
        self._close()
        return self._day()

    def _day(self) -> Day:
        brief, frame = self._instance.brief, self._frame
        return Day(
            date=frame.date,
            zone=frame.zone,
            destination=brief.stops[frame.home].name,
            kind=frame.kind,
            start=frame.start,
            end=frame.end,
            weather=brief.weather.get(frame.date),
            items=self._items,
            totals=self._totals(),
            stops=[
                DayStop(name=brief.stops[s].name, point=brief.stops[s].point, zone=brief.stops[s].zone)
                for s in frame.chain
                if brief.stops[s].nights == 0 and s != frame.home
            ],
        )

    def _name(self, stay: Stay) -> str:
        spot = self._spot if stay.token.spot == BENCH else stay.token.spot
        return self._instance.spots[spot].name

    def _label_of(self, spot: int) -> str:
        found = self._instance.spots[spot]
        return found.candidate.id if found.candidate else found.name

    def _travel(self, rides: tuple[Ride, ...]) -> None:
        for ride in rides:
            if self._items and self._items[-1].kind != "leg":
                self._free_until(ride.depart, "Free time before moving on.", 1)
            label = self._label_of(ride.spot)
            if ride.arrive > LATEST:
                raise TooLate(words.too_late(self._frame.date, label, ride.leg.minutes))
            self._items.append(
                Item(
                    kind="leg",
                    start=clock_text(ride.depart),
                    end=clock_text(ride.arrive),
                    mode=ride.leg.mode,
                    metres=ride.leg.metres,
                    minutes=ride.leg.minutes,
                    walk_metres=ride.leg.walk,
                    from_=self._label,
                    to=label,
                    parking=self._parking(ride.leg.car, ride.spot) if ride.leg.mode == "car" else None,
                )
            )
            self._label, self._spot = label, ride.spot
            self._car_at_home = self._car_at_home and ride.leg.mode == "walk"

    def _free_until(self, moment: int, why: str, least: int = FREE_FROM) -> None:
        """A free item when there is time worth naming between the last item and the next."""
        if self._items and moment - minutes_of(self._items[-1].end) >= least:
            self._items.append(Item(kind="free", start=self._items[-1].end, end=clock_text(moment), why=why))

    def _close(self) -> None:
        last = self._items[-1] if self._items else None
        if last is not None and last.kind == "leg":
            self._items[-1] = last.model_copy(update={"to": "end"})

    def _stay(self, stay: Stay) -> Item:
        role, spot = stay.token
        at_place = spot != BENCH
        if at_place:
            self._spot, self._label = spot, self._label_of(spot)
        candidate = self._instance.spots[self._spot].candidate
        slots = self._slots(stay)
        return Item(
            kind=("visit", "meal", "meal", "rest")[role],
            start=clock_text(stay.start),
            end=clock_text(stay.end),
            meal={LUNCH: "lunch", DINNER: "dinner"}.get(role),
            place=self._place(candidate) if at_place and candidate else None,
            why=self._why(stay, candidate, slots),
            warnings=self._warnings(stay, candidate, slots),
            parking=self._parking(stay.car, self._spot),
        )

    def _slots(self, stay: Stay) -> list[BadSlot]:
        return [
            slot
            for slot in self._bad_slots
            if stay.start < minutes_of(slot.to) and minutes_of(slot.from_) < stay.end
        ]

    @staticmethod
    def _warnings(stay: Stay, candidate: Candidate | None, slots: list[BadSlot]) -> list[str] | None:
        sheltered = candidate is not None and candidate.indoor is True and stay.token.spot != BENCH
        if sheltered or not slots:
            return None
        return [words.weather_warning(reason) for reason in dict.fromkeys(slot.reason for slot in slots)]

    def _why(self, stay: Stay, candidate: Candidate | None, slots: list[BadSlot]) -> str:
        role = stay.token.role
        if candidate is None or stay.token.spot == BENCH:
            return words.why_bench(self._instance.spots[self._spot].name)
        if role == VISIT:
            return words.why_visit(candidate, self._instance.brief, slots[0].reason if slots else None)
        on_foot = stay.rides[-1].leg.minutes if stay.rides and stay.rides[-1].leg.mode == "walk" else None
        if role == REST:
            return words.why_coffee(candidate, on_foot)
        return words.why_meal(candidate, "dinner" if role == DINNER else "lunch", on_foot)

    def _parking(self, car: int, spot: int) -> Parking | None:
        if car == NO_CAR and self._car_at_home:
            car = self._instance.start_spot(self._frame)
        if car == NO_CAR:
            return None
        park = self._instance.spots[car]
        return Parking(name=park.name, point=park.point, walk_metres=walked_metres(self._instance, car, spot))

    def _place(self, candidate: Candidate) -> Place:
        shift = self._frame.shifts[self._frame.chain.index(self._instance.spots[self._spot].stop)]
        hours = hours_on(candidate, self._frame.date, shift)
        return Place(
            id=candidate.id,
            name=candidate.name,
            point=candidate.point,
            category=candidate.category,
            strenuous=candidate.strenuous,
            indoor=candidate.indoor,
            step_free=candidate.step_free,
            min_visit_minutes=candidate.min_visit_minutes,
            hours_today=None if hours is None else [(clock_text(a), clock_text(b)) for a, b in hours],
            cost=party_cost(candidate, len(self._instance.brief.party)),
            source=candidate.source,
            fetched_at=candidate.fetched_at,
        )

    def _totals(self) -> Totals:
        legs = [item for item in self._items if item.kind == "leg"]
        visits = [item for item in self._items if item.kind == "visit"]
        return Totals(
            places=len(visits),
            walk_metres=sum(item.walk_metres or 0 for item in legs),
            travel_minutes=sum(item.minutes or 0 for item in legs),
            rest_count=sum(item.kind == "rest" for item in self._items),
            cost=_total_cost([item.place.cost for item in visits if item.place and item.place.cost]),
        )


def party_cost(candidate: Candidate, people: int) -> Money | None:
    """The price of a place for the whole party; None when it is unknown."""
    if candidate.ticket is None:
        return None
    return Money(amount=round(candidate.ticket.amount * people, 2), currency=candidate.ticket.currency)


def _total_cost(costs: list[Money]) -> Money | None:
    """Sum of the known costs in the currency most of them are in."""
    if not costs:
        return None
    currencies = [cost.currency for cost in costs]
    currency = max(dict.fromkeys(currencies), key=currencies.count)
    amount = sum(cost.amount for cost in costs if cost.currency == currency)
    return Money(amount=round(amount, 2), currency=currency)
