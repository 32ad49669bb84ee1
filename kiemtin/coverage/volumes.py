"""What is counted of one day's stories. Subjects that are listed only are counted in nothing but how much was collected (LIMITS 9)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from kiemtin.domain.coverage import LISTED_ONLY, Counted, DayCount, OnDay


def count_day(day: date, stories: Iterable[OnDay]) -> dict[tuple[Counted, str], DayCount]:
    """{(kind, key): stories and clusters}."""
    numbers: dict[tuple[Counted, str], int] = defaultdict(int)
    clusters: dict[tuple[Counted, str], set[str]] = defaultdict(set)
    for story in stories:
        for counted in _counted_in(story):
            numbers[counted] += 1
            clusters[counted].add(story.cluster_id)
    return {counted: DayCount(day, number, len(clusters[counted])) for counted, number in numbers.items()}


def _counted_in(story: OnDay) -> Iterator[tuple[Counted, str]]:
    yield Counted.ALL, ""
    yield Counted.OUTLET, story.outlet
    if story.subject in LISTED_ONLY:
        return
    yield Counted.SUBJECT, story.subject.value
    if story.theme:
        yield Counted.THEME, story.theme
    for watchlist in story.watchlists:
        yield Counted.WATCHLIST, watchlist
