"""Each claim as a case: what is known of it, what evidence bears on it, and what the decider makes of both."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.decide import Case, CloseAlert, Intent, OpenAlert, ReopenAlert, UpdateAlert, decide, reopen_for_recheck
from alerts.independence import Office, is_independent
from alerts.priority import FADES
from kiemtin.domain.alerts import Alert
from kiemtin.domain.claims import Appearance, Claim, ClaimReview, Evidence, EvidenceRelation
from kiemtin.domain.coverage import day_of
from kiemtin.domain.outlets import Outlet, PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.repeats import Said
from kiemtin.domain.stories import HANOI
from kiemtin.domain.weights import Weights
from kiemtin.pipeline import bulletins
from kiemtin.pipeline.log import note_reopened
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import corrections as correction_store
from kiemtin.store import desk as desk_store
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import reviews as review_store
from kiemtin.store import settings
from nlp.derive import find_speaker
from nlp.text import fold

_BATCH = 100

_GROWTH_DAYS = 8  # the last one against the seven before it


@dataclass(slots=True)
class Outcome:
    """How many alerts were opened, updated, closed, reopened."""

    opened: int = 0
    updated: int = 0
    closed: int = 0
    reopened: int = 0


def decide_cases(workspace: Workspace, catalog: tuple[Outlet, ...], now: datetime, progress: Progress = no_progress) -> Outcome:
    """Decide every claim in the decision queue, and apply what was decided."""
    outcome = Outcome()
    office = Office(workspace.config.controller, workspace.config.state)
    with workspace.records.begin() as conn:
        queue_store.queue_decision(conn, queue_store.fresh_claims(conn, now - FADES))
        waiting = queue_store.to_decide(conn)
        weights = settings.load_weights(conn)
    for start in range(0, len(waiting), _BATCH):
        with workspace.records.change() as conn:
            for claim_id in waiting[start : start + _BATCH]:
                _decide_one(conn, claim_id, _Bench(office, catalog, weights, now), outcome)
        progress("xếp hàng đợi", start + len(waiting[start : start + _BATCH]), len(waiting))
    return outcome


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every claim of a round is decided with."""

    office: Office
    catalog: tuple[Outlet, ...]
    weights: Weights
    now: datetime


def decide_now(conn: sa.Connection, workspace: Workspace, claim_id: str, now: datetime) -> None:
    """Decide one claim at once, inside the caller's writing transaction: what a person changed about it shows without waiting for a pass."""
    office = Office(workspace.config.controller, workspace.config.state)
    bench = _Bench(office, outlet_store.load_outlets(conn), settings.load_weights(conn), now)
    _decide_one(conn, claim_id, bench, Outcome())


def _decide_one(conn: sa.Connection, claim_id: str, bench: _Bench, outcome: Outcome) -> None:
    claim = queue_store.load_claim(conn, claim_id)
    queue_store.decided(conn, claim_id)
    if claim is None:
        return
    appearances = queue_store.load_appearances(conn, claim_id)
    found = gather_evidence(conn, claim, appearances, bench.office, bench.catalog)
    old = queue_store.load_alert(conn, claim_id)
    shown = frozenset(piece.id for piece in queue_store.load_evidence(conn, claim_id))
    case = Case(claim, appearances, found, desk_store.days_of(conn, claim_id), bench.weights, _counted(conn, claim_id, bench.now))
    intent = decide(case, old, shown, bench.now)
    _apply(conn, intent, case, bench.now, outcome)
    queue_store.replace_evidence(conn, claim_id, found)
    if not appearances and _is_untouched(old) and not desk_store.load_added(conn, claim_id):
        queue_store.delete_claim(conn, claim_id)


def _counted(conn: sa.Connection, claim_id: str, now: datetime) -> list[int]:
    """Public posts that repeated the claim on the last eight days that have ended."""
    today = day_of(now)
    counts = repeat_store.load(conn, today, claim_id, today - timedelta(days=_GROWTH_DAYS))
    days = [today - timedelta(days=back) for back in range(_GROWTH_DAYS, 0, -1)]
    return [sum(count for cell, count in counts.items() if cell.day == day and cell.said is Said.REPEAT) for day in days]


def _is_untouched(alert: Alert | None) -> bool:
    return alert is None or alert.status == "new"


def _apply(conn: sa.Connection, intent: Intent | None, case: Case, now: datetime, outcome: Outcome) -> None:
    match intent:
        case OpenAlert(alert):
            _save(conn, alert, case)
            outcome.opened += 1
        case UpdateAlert(alert):
            _save(conn, alert, case)
            outcome.updated += 1
        case ReopenAlert(alert):
            before = queue_store.load_alert(conn, alert.claim_id)
            _save(conn, alert, case)
            note_reopened(conn, alert, before.status if before else alert.status, now)
            outcome.reopened += 1
        case CloseAlert(alert_id):
            queue_store.delete_alert(conn, alert_id)
            outcome.closed += 1
        case None:
            pass


def reopen_rechecks(workspace: Workspace, now: datetime) -> int:
    """Take official positions whose day to look again has come back into review; returns how many."""
    today, reopened = now.astimezone(HANOI).date().isoformat(), 0
    with workspace.records.change() as conn:
        for claim_id in correction_store.to_recheck(conn, today):
            old = queue_store.load_alert(conn, claim_id)
            intent = reopen_for_recheck(old) if old else None
            if intent is not None and old is not None:
                queue_store.reopen(conn, intent.alert)
                note_reopened(conn, intent.alert, old.status, now, "recheck")
                reopened += 1
    return reopened


def _save(conn: sa.Connection, alert: Alert, case: Case) -> None:
    queue_store.save_alert(conn, alert, fold(case.claim.text), sum(appearance.linked for appearance in case.appearances))


def gather_evidence(conn: sa.Connection, claim: Claim, appearances: list[Appearance], office: Office, catalog: tuple[Outlet, ...]) -> list[Evidence]:
    """The check that made the claim known, every other check that its appearances match, and bulletins against it."""
    ids = {claim.review_id} if claim.review_id else set()
    ids.update(review_id for appearance in appearances for review_id in appearance.also)
    reviews = review_store.load(conn, sorted(filter(None, ids)))
    found = [from_review(review, claim, office, catalog) for review in reviews.values()]
    found += [from_added(added, claim, office, catalog) for added in desk_store.load_added(conn, claim.id)]
    return found + bulletins.gather(conn, claim, appearances, office, catalog)


def from_added(added: desk_store.Added, claim: Claim, office: Office, catalog: tuple[Outlet, ...]) -> Evidence:
    """A passage that a reviewer put beside the claim: whose word it is is asked anew each time, as for every other piece."""
    publisher = next((outlet for outlet in catalog if outlet.name == added.publisher), None)
    speaker = find_speaker(added.quote)
    if publisher is not None and speaker.casefold() in {name.casefold() for name in (publisher.name, publisher.legal_name, *publisher.speaks_for)}:
        speaker = ""
    kind = PublisherKind(publisher.kind.value) if publisher else PublisherKind.UNLISTED
    independent = is_independent(publisher, speaker, claim.text, office, catalog)
    return Evidence(claim.id, added.url, added.publisher, kind, added.relation, added.quote, independent, speaker=speaker)


_RELATION = {Rating.TRUE: EvidenceRelation.SUPPORTS, Rating.MOSTLY_TRUE: EvidenceRelation.SUPPORTS}


def from_review(review: ClaimReview, claim: Claim, office: Office, catalog: tuple[Outlet, ...]) -> Evidence:
    """A published check as evidence. Without a body its quote is the claim and the rating as published."""
    relation = EvidenceRelation.REFUTES if review.rating.refutes else _RELATION.get(review.rating, EvidenceRelation.NOT_ENOUGH_INFO)
    publisher = next((outlet for outlet in catalog if outlet.name == review.reviewed_by), None)
    return Evidence(
        claim_id=claim.id,
        url=review.review_url,
        publisher=review.reviewed_by,
        publisher_kind=review.publisher_kind,
        relation=relation,
        quote=review.quote or f"“{review.claim_reviewed}”: {review.rating_words}",
        independent=is_independent(publisher, review.attributed_to, claim.text, office, catalog),
        rating=review.rating,
        speaker=review.attributed_to,
        published_at=review.published_at,
    )
