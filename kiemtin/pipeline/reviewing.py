"""One step of a review, from the page to what leaves: judged, saved, logged and, where it was approved, made public in one transaction.

ask | load the case | alerts.review.step | save | decision log | correction, deliveries
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from alerts.corrections import Issuer, issue, mark_under_review, public_body, withdraw
from alerts.independence import confirms_own_act
from alerts.outbox import addressed
from alerts.review import Case, Refused, Step, delivered, step
from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation
from kiemtin.domain.reviews import Action, Correction, CorrectionState, Review
from kiemtin.domain.staff import Staff
from kiemtin.domain.stories import HANOI, content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.cases import decide_now
from kiemtin.pipeline.log import note
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import corrections as correction_store
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import desk as desk_store
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import stories as story_store
from nlp.privacy import find_private
from nlp.text import nfc


@dataclass(frozen=True, slots=True)
class Held:
    """An alert as a step is judged on it."""

    claim: Claim
    case: Case
    correction: Correction | None


def hold(conn: sa.Connection, alert_id: str) -> Held | None:
    """Everything a step is judged on, or None where there is no such alert."""
    review = desk_store.load_review(conn, alert_id)
    claim_id = desk_store.claim_of_alert(conn, alert_id)
    claim = queue_store.load_claim(conn, claim_id) if claim_id else None
    if review is None or claim is None:
        return None
    evidence = queue_store.load_evidence(conn, claim.id)
    correction = correction_store.of_claim(conn, claim.id)
    public = correction is not None and correction.state is CorrectionState.PUBLISHED
    return Held(claim, Case(review, evidence, _own_acts(conn, claim, evidence), public), correction)


def _own_acts(conn: sa.Connection, claim: Claim, evidence: Sequence[Evidence]) -> frozenset[str]:
    by_name = {outlet.name: outlet for outlet in outlet_store.load_outlets(conn)}
    return frozenset(piece.id for piece in evidence if confirms_own_act(by_name.get(piece.publisher), piece.speaker, claim))


def take_step(workspace: Workspace, alert_id: str, asked: Step, staff: Staff, now: datetime) -> Review | Refused | None:
    """The review after the step, why it was refused, or None where there is no such alert. Raises InputError where words name a person's data."""
    _refuse_private(asked)
    with workspace.records.change() as conn:
        held = hold(conn, alert_id)
        if held is None:
            return None
        if asked.action is Action.MERGE and (asked.into is None or desk_store.load_review(conn, asked.into) is None):
            return Refused.ITSELF
        new = step(held.case, asked, staff)
        if isinstance(new, Refused):
            return new
        desk_store.save_review(conn, new)
        note(conn, alert_id, asked.action.value, staff.id, now, held.case.review.status.value, new.status.value, _words(asked))
        _make_public(conn, workspace, held, new, asked, now)
        return new


def _refuse_private(asked: Step) -> None:
    """What is written may be made public, and names no private person (LIMITS 7). Withdrawals and reasons alike."""
    written = [asked.words]
    if asked.assessment is not None:
        written += [asked.assessment.reason, asked.assessment.answer, asked.assessment.unknown]
    found = sorted({kind for text in written if text for kind in find_private(text)})
    if found:
        raise InputError(f"phần bạn viết có vẻ chứa thông tin riêng của ai đó ({', '.join(found)}); hãy viết lại, chỉ nói về phát biểu")


def _words(asked: Step) -> str:
    """What the log keeps of a step: the person's own words."""
    if asked.assessment is None:
        return asked.words
    rating = asked.assessment.rating
    parts = (rating.alternate_name if rating else "", asked.assessment.reason, asked.assessment.answer, asked.assessment.unknown)
    return "\n".join(part for part in parts if part)


def _make_public(conn: sa.Connection, workspace: Workspace, held: Held, new: Review, asked: Step, now: datetime) -> None:
    old = held.correction
    match asked.action:
        case Action.APPROVE:
            assert new.assessment is not None  # alerts.review.why_not
            issuer = Issuer(workspace.config.office_name, workspace.config.public_url)
            correction_id = content_id("correction", held.claim.id)
            body = public_body(correction_id, held.claim, new.assessment, held.case.evidence, spread_of(conn, held.claim.id), issuer)
            _send(conn, issue(old, body, held.claim, now), now)
        case Action.WITHDRAW:
            assert old is not None  # alerts.review: NOT_PUBLIC
            _send(conn, withdraw(old, asked.words, now), now)
            repeat_store.delete_claim(conn, held.claim.id)  # LIMITS 2
        case Action.EDIT if held.case.public:
            assert old is not None
            correction_store.save(conn, mark_under_review(old, under_review=True))


def _send(conn: sa.Connection, correction: Correction, now: datetime) -> None:
    """On the public page and in every destination's queue at the same moment."""
    correction_store.save(conn, correction)
    had = delivery_store.had(conn, correction.id)
    delivery_store.enqueue(conn, addressed(correction, delivery_store.load_destinations(conn), had, now))


def spread_of(conn: sa.Connection, claim_id: str) -> list[tuple[date, int]]:
    """How many published pages repeated the claim on each day (Asia/Ho_Chi_Minh), in order."""
    return sorted(Counter(moment.astimezone(HANOI).date() for moment in desk_store.days_of(conn, claim_id)).items())


def mark_sent(workspace: Workspace) -> int:
    """Approved alerts of whose correction no delivery waits any more (each has arrived, or was given up) are sent; returns how many."""
    with workspace.records.change() as conn:
        claims = delivery_store.corrections_done(conn)
        for claim_id in claims:
            review = desk_store.review_of_claim(conn, claim_id)
            if review is not None:
                desk_store.save_review(conn, delivered(review))
        return len(claims)


def rule_on_page(workspace: Workspace, alert_id: str, story_id: str, repeats: bool, staff: Staff, now: datetime) -> bool:
    """A person's word on whether this page repeats the claim; priority and queue follow at once. False where there is no such alert."""
    with workspace.records.change() as conn:
        claim_id = desk_store.claim_of_alert(conn, alert_id)
        if claim_id is None or not staff.may_review:
            return False
        desk_store.save_ruling(conn, claim_id, story_id, repeats, now)
        note(conn, alert_id, "page_repeats" if repeats else "page_does_not_repeat", staff.id, now, text=story_id)
        decide_now(conn, workspace, claim_id, now)
        return True


MAX_QUOTE = 1_000


def add_evidence(workspace: Workspace, alert_id: str, url: str, quote: str, relation: EvidenceRelation, staff: Staff, now: datetime) -> None:
    """Put a passage of a stored story beside the claim; raises InputError where it does not stand there word for word."""
    with workspace.records.change() as conn:
        claim_id = desk_store.claim_of_alert(conn, alert_id)
        if claim_id is None or not staff.may_review:
            raise InputError("không có cảnh báo này, hoặc tài khoản không được thêm bằng chứng")
        added = find_passage(conn, claim_id, url, quote, relation)
        desk_store.save_added(conn, added, now)
        note(conn, alert_id, "evidence_added", staff.id, now, text=f"{added.url}\n{added.quote}")
        decide_now(conn, workspace, claim_id, now)


def find_passage(conn: sa.Connection, claim_id: str, url: str, quote: str, relation: EvidenceRelation) -> desk_store.Added:
    """The passage as it stands in a stored story; raises InputError where it does not stand there word for word."""
    quote = " ".join(nfc(quote).split())
    if not quote or len(quote) > MAX_QUOTE:
        raise InputError(f"đoạn trích cần từ 1 đến {MAX_QUOTE} ký tự")
    story = story_store.load_by_url(conn, url.strip())
    if story is None:
        raise InputError("địa chỉ này không phải là một tin đã thu thập từ danh mục nguồn, hoặc thân bài không còn được giữ")
    if quote not in " ".join(nfc(f"{story.title} {story.text}").split()):
        raise InputError("đoạn trích không có nguyên văn trong tin này; hãy chép đúng từng chữ")
    return desk_store.Added(claim_id, story.canonical_url, quote, relation, story.outlet)
