"""Making an edition: gather what was collected until its set time, compose it, freeze it. Made again, it is the one that was frozen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from alerts.outbox import addressed_editions
from kiemtin.coverage.edition import CountedClaim, Material, Shown, compose
from kiemtin.coverage.health import BASELINE_DAYS, Trouble
from kiemtin.domain.coverage import Counted, Listed, Watchlist, day_of
from kiemtin.domain.editions import Edition, EditionKind, Period, kinds_due, period_of
from kiemtin.domain.repeats import Said
from kiemtin.domain.reviews import Correction, CorrectionState
from kiemtin.domain.scope import THEME_NAMES_VI
from kiemtin.domain.stories import HANOI
from kiemtin.errors import InputError
from kiemtin.pipeline.counts import by_claim, by_day, total
from kiemtin.pipeline.coverage import forecast_volume, holiday, spikes_between, troubles_on
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import clippings, editions, notices, volumes
from kiemtin.store import corrections as correction_store
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import watchlists as watchlist_store
from nlp.events import is_round_up

_CORRECTIONS, _EDITIONS_BACK = 500, 7
_REPEATS, _REPEAT_DAYS = 3, 14
_EVENTS_AHEAD = 7
_FIRST_DAY = date(2000, 1, 1)
_STILL_NEWS = timedelta(days=1)  # an edition made later than this is for reading up, and sent to nobody


def set_time(workspace: Workspace) -> time:
    return time.fromisoformat(workspace.config.briefing_time)


def draft(workspace: Workspace, kind: EditionKind, day: date, now: datetime) -> Edition:
    """The edition as it would be now; what comes until its set time is still missing."""
    period = period_of(kind, day, set_time(workspace))
    with workspace.records.begin() as conn:
        return Edition(period.id, kind, day, compose(_material(workspace, conn, period, now)), now)


def make_edition(workspace: Workspace, kind: EditionKind, day: date, now: datetime) -> Edition:
    """The frozen edition of a day, made now if it has not been. Who wants it gets it: queued in the same transaction, so that it goes out once."""
    with workspace.records.begin() as conn:
        known = editions.load(conn, kind, day)
    if known is not None:
        return known
    made = draft(workspace, kind, day, now)
    with workspace.records.change() as conn:
        kept = editions.freeze(conn, made)
        if now - period_of(kind, day, set_time(workspace)).last < _STILL_NEWS:
            delivery_store.enqueue(conn, addressed_editions(kept, delivery_store.load_destinations(conn), now))
    return kept


def edition_for(workspace: Workspace, kind: EditionKind, day: date, now: datetime) -> tuple[Edition, bool]:
    """The edition of a day, and whether it is a draft: before its set time nothing is frozen. Raises InputError for a day to come, or without such an edition."""
    if not _FIRST_DAY <= day <= now.astimezone(HANOI).date():
        raise InputError("ngày này chưa tới, hoặc quá xa")
    if kind not in kinds_due(day):
        raise InputError("bản tin tuần ra vào thứ Hai, bản tin tháng vào ngày mồng một")
    if is_due(workspace, kind, day, now):
        return make_edition(workspace, kind, day, now), False
    return draft(workspace, kind, day, now), True


def is_due(workspace: Workspace, kind: EditionKind, day: date, now: datetime) -> bool:
    """Has the edition's set time come?"""
    return now >= period_of(kind, day, set_time(workspace)).last


def make_due_editions(workspace: Workspace, now: datetime) -> list[Edition]:
    """Today's editions whose time has come; those that were frozen before are only returned."""
    day = now.astimezone(HANOI).date()
    return [make_edition(workspace, kind, day, now) for kind in kinds_due(day) if is_due(workspace, kind, day, now)]


def _material(workspace: Workspace, conn: sa.Connection, period: Period, now: datetime) -> Material:
    watchlists = watchlist_store.load_all(conn)
    changed = [one for one in correction_store.page(conn, _CORRECTIONS) if period.first <= one.changed_at < period.last]
    withheld = clippings.of_alerts(conn)
    last_day = period.last_day
    series = volumes.load_series(conn, Counted.ALL, "", last_day, BASELINE_DAYS)
    counted = volumes.load_between(conn, period.first_day, last_day)
    return Material(
        period=period,
        office=workspace.config.office_name,
        public_url=workspace.config.public_url,
        holiday=holiday(period.day),
        watchlists=watchlists,
        clusters={one.id: _clusters(conn, period, one, withheld) for one in watchlists},
        before=_shown_before(conn, period),
        corrections=[one for one in changed if one.state is CorrectionState.PUBLISHED],
        withdrawals=[one for one in changed if one.state is CorrectionState.WITHDRAWN],
        open_alerts=[(theme.value, THEME_NAMES_VI[theme], count) for theme, count in notices.open_by_theme(conn).items()],
        repeats=list(_spread(conn, period)),
        counted=_counted(conn, period),
        events=[(one.day, one.text) for one in editions.load_events(conn, period.day, period.day + timedelta(days=_EVENTS_AHEAD))],
        volume=series,
        events_told=len(clippings.clusters_on(conn, period.first_day, last_day)),
        outlets={key: sum(one.stories for one in by_day.values()) for (kind, key), by_day in counted.items() if kind is Counted.OUTLET},
        spikes=spikes_between(conn, period.first_day, last_day),
        forecast=forecast_volume(conn, last_day),
        troubles=list(_troubles(conn, period, now)),
    )


def _clusters(conn: sa.Connection, period: Period, watchlist: Watchlist, withheld: frozenset[str]) -> Mapping[str, list[Listed]]:
    """Clusters with a story of this time on this list, and half of their stories at least: each with all of them until the edition's time.

    `withheld`: stories of which nothing leaves the house. A list of the day's news is the report of none of them.
    """
    found = clippings.members(conn, clippings.clusters_in(conn, period.first, period.last, watchlist.id))
    told = {
        cluster_id: [one for one in stories if one.moment < period.last and one.story_id not in withheld and not is_round_up(one.title)]
        for cluster_id, stories in found.items()
    }  # fmt: skip
    return {cluster_id: stories for cluster_id, stories in told.items() if _is_about(stories, watchlist.id, period)}


def _is_about(stories: Sequence[Listed], watchlist: str, period: Period) -> bool:
    on_the_list = [one for one in stories if watchlist in one.watchlists]
    return any(one.moment >= period.first for one in on_the_list) and 2 * len(on_the_list) >= len(stories)


def _shown_before(conn: sa.Connection, period: Period) -> dict[str, Shown]:
    """What the last editions of this kind had, as the newest of them had it."""
    shown: dict[str, Shown] = {}
    for edition in editions.latest(conn, _EDITIONS_BACK, (period.kind,), period.day):
        for found in edition.body["watchlists"]:
            for item in found["items"]:
                shown.setdefault(item["cluster"], Shown(item["stories"], len(item["outlets"])))
    return shown


def _spread(conn: sa.Connection, period: Period) -> Iterator[Correction]:
    """Public corrections of statements that pages repeated in the last two weeks, as the correction itself says; the most repeated first."""
    since = (period.day - timedelta(days=_REPEAT_DAYS)).isoformat()

    def pages(one: Correction) -> int:
        return sum(cell["pages"] for cell in one.body["spread"] if cell["day"] >= since)

    public = [one for one in correction_store.page(conn, _CORRECTIONS) if one.state is CorrectionState.PUBLISHED and pages(one)]
    yield from sorted(public, key=lambda one: (-pages(one), one.id))[:_REPEATS]


def _counted(conn: sa.Connection, period: Period) -> list[CountedClaim]:
    """The claims corrected here that most posts repeated in the two weeks until the edition's day; all of it stands in `/sources.json` too.

    A claim that only another's check has made public may wait in the queue: of those nothing leaves (LIMITS 6).
    """
    numbers = by_claim(repeat_store.load(conn, period.day, since=period.day - timedelta(days=_REPEAT_DAYS)))
    public = {one: claim for one, claim in repeat_store.public_claims(conn).items() if claim.is_ours} if numbers else {}
    repeated = (one for one, counts in numbers.items() if one in public and total(counts))
    most = sorted(repeated, key=lambda one: (-total(numbers[one]), one))[:_REPEATS]
    return [CountedClaim(public[one].text, public[one].url, by_day(numbers[one]), total(numbers[one], Said.DENIAL)) for one in most]


def _troubles(conn: sa.Connection, period: Period, now: datetime) -> Iterator[Trouble]:
    """Of the day that is over, and what is already seen of the day itself."""
    before = troubles_on(conn, period.last_day, day_is_over=True)
    known = {(one.outlet, one.kind) for one in before}
    yield from before
    if day_of(now) == period.day:
        yield from (one for one in troubles_on(conn, period.day, day_is_over=False) if (one.outlet, one.kind) not in known)
