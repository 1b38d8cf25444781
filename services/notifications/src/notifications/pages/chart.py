"""A tenancy's course as a drawing: coordinates for the SVG in `chart.html`, in units of its view box. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from notifications.domain.words import LEVEL_NAMES, kroner, long_date
from notifications.pages.course import Course, Happening, Span

TOP, BOTTOM = 26.0, 176.0  # of what is owed
LEFT, RIGHT = 58.0, 14.0  # margins
TICKS = tuple(figure * 10**power for power in range(4, 9) for figure in (1, 2, 5))  # øre
_MONTHS = ("jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des.")
MONTH_WIDTH = 48.0  # that a label needs


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """`title`: what it stands for, in words."""

    x: float
    title: str


@dataclass(frozen=True, slots=True)
class Band:
    x: float
    width: float
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A legal step. `until`: where its deadline or the day fixed is, if the drawing reaches so far."""

    x: float
    number: int
    until: float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """`id` tells the drawings of a page apart. `lanes`: whether levels, due dates and payments stand under what is
    owed. `line`, `area`: its paths. `rent`: at a month's of it, if that is drawn.
    """

    id: str
    width: float
    line: str
    area: str
    rent: float | None
    amounts: Sequence[Tick]
    months: Sequence[Tick]
    bands: Sequence[Band]
    due: Sequence[Mark]
    paid: Sequence[Mark]
    news: Sequence[Mark]
    steps: Sequence[Line]
    lanes: bool = True
    top: float = TOP
    bottom: float = BOTTOM
    left: float = LEFT
    right: float = RIGHT


def drawn(course: Course, id: str, width: float) -> Drawing:
    plane = Plane(course.first, course.last, max(course.most[1], course.rent), width)
    line, area = plane.paths(course.owed, course.as_of)
    return Drawing(
        id=id,
        width=width,
        line=line,
        area=area,
        rent=plane.y(course.rent),
        amounts=plane.scale(),
        months=list(plane.months()),
        bands=[plane.band(span) for span in course.levels],
        due=[plane.mark(each) for each in course.happenings if each.kind == "due"],
        paid=[plane.mark(each) for each in course.happenings if each.kind == "paid"],
        news=[plane.mark(each) for each in course.happenings if each.kind == "news"],
        steps=[Line(plane.x(step.day), step.number, plane.x_within(step.until)) for step in course.steps],
    )


def curve(points: Sequence[tuple[date, int]], id: str, width: float) -> Drawing:
    """Of sums in øre, each from its day on; at least two."""
    (first, _), (last, _) = points[0], points[-1]
    plane = Plane(first, last, max(ore for _, ore in points), width)
    line, area = plane.paths(points, last)
    scale, months = plane.scale(), list(plane.months())
    return Drawing(id, width, line, area, None, scale, months, (), (), (), (), (), lanes=False)


def described(course: Course) -> str:
    """The drawing in a sentence, for who doesn't see it."""
    day, ore = course.most
    if not ore:
        return f"Ingenting var skyldig mellom {long_date(course.first)} og {long_date(course.as_of)}."
    now = f"Per {long_date(course.as_of)} er {kroner(course.now)} kr skyldig. Tallene står i tabellen under."
    return f"Mest skyldig var {kroner(ore)} kr, fra {long_date(day)}. {now}"


class Plane:
    """Days from left to right, what is owed from the bottom up."""

    def __init__(self, first: date, last: date, highest: int, width: float) -> None:
        self._first, self._last, self._wide = first, last, width - LEFT - RIGHT
        highest = max(highest, TICKS[0])
        step = next((tick for tick in TICKS if highest <= 4 * tick), TICKS[-1])
        self._amounts = range(0, -(-highest // step) * step + 1, step)
        self._days = max(1, (last - first).days)

    def x(self, day: date) -> float:
        return round(LEFT + self._wide * min((day - self._first).days, self._days) / self._days, 1)

    def x_within(self, day: date | None) -> float | None:
        return self.x(day) if day and day <= self._last else None

    def y(self, ore: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * ore / self._amounts[-1], 1)

    def months(self) -> Iterator[Tick]:
        """The firsts of months, as many as there is room for; a January has its year."""
        every = -(-int(MONTH_WIDTH) * self._days // max(1, int(self._wide * 30)))
        first = self._first
        months = range(first.year * 12 + first.month, self._last.year * 12 + self._last.month)
        for month in months:
            day = date(month // 12, month % 12 + 1, 1)
            year = f" {day.year}" if day.month == 1 else ""
            if month % max(1, every) == 0:
                yield Tick(self.x(day), f"{_MONTHS[day.month - 1]}{year}")

    def band(self, span: Span) -> Band:
        at, end = self.x(span.first), self.x(span.end)
        title = f"{LEVEL_NAMES[span.level]} fra {long_date(span.first)} til {long_date(span.end)}"
        return Band(at, round(end - at, 1), span.level, title)

    def mark(self, each: Happening) -> Mark:
        sum_of_it = "" if each.ore is None else f": {kroner(each.ore)} kr"
        return Mark(self.x(each.day), f"{each.what} {long_date(each.day)}{sum_of_it}")

    def scale(self) -> list[Tick]:
        return [Tick(self.y(ore), kroner(ore)) for ore in self._amounts]

    def paths(self, owed: Sequence[tuple[date, int]], until: date) -> tuple[str, str]:
        """The line of sums that each hold from their day on, and the area under it."""
        points, end = [(self.x(day), self.y(ore)) for day, ore in owed], self.x(until)
        line = f"M{points[0][0]} {points[0][1]}" + "".join(f"H{x}V{y}" for x, y in points[1:]) + f"H{end}"
        return line, f"{line}V{BOTTOM}H{points[0][0]}Z"
