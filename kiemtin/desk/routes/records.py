"""What was decided, by whom and when; and how often an alert was worth opening."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from scipy.stats import binomtest

from kiemtin.desk.access import EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.stories import HANOI
from kiemtin.pipeline.log import broken_among
from kiemtin.store import accounts as account_store
from kiemtin.store import decisions as decision_store
from kiemtin.store import desk as desk_store

router = APIRouter(include_in_schema=False)
_LINES = 200


@router.get("/log")
def show_log(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    """The last lines, and whether they hang together; `kiemtin doctor` looks at the whole chain, which grows for ever."""
    with desk_of(visit.request).workspace.records.begin() as conn:
        lines = decision_store.latest(conn, _LINES)
        names = {person.id: person.name for person in account_store.load_all(conn)}
    broken = broken_among([line.decision for line in reversed(lines)])
    return render(visit, "log.html.j2", lines=lines, names=names, broken=broken, statuses={status.value for status in AlertStatus})


@dataclass(frozen=True, slots=True)
class Week:
    """Alerts that opened in a week and that somebody answered about: the share that was useful, with its 95 % interval (Wilson)."""

    monday: date
    answered: int
    useful: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.useful / self.answered


@router.get("/precision")
def show_precision(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    with desk_of(visit.request).workspace.records.begin() as conn:
        answers = desk_store.feedback_by_day(conn)
    weeks: dict[date, list[bool]] = defaultdict(list)
    for opened_at, useful in answers:
        day = opened_at.astimezone(HANOI).date()
        weeks[day - timedelta(days=day.weekday())].append(useful)
    return render(visit, "precision.html.j2", weeks=[_week(monday, weeks[monday]) for monday in sorted(weeks, reverse=True)])


def _week(monday: date, answers: list[bool]) -> Week:
    interval = binomtest(sum(answers), len(answers)).proportion_ci(method="wilson")
    return Week(monday, len(answers), sum(answers), float(interval.low), float(interval.high))
