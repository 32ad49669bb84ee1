"""One alert: all that is known on one screen, and the steps that this person may take."""

from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from alerts.review import RATINGS, Refused, Step, carries_rating, steps_for
from kiemtin.desk import words
from kiemtin.desk.access import DECIDERS, EVERYONE
from kiemtin.desk.context import Desk, Visit, desk_of, render
from kiemtin.desk.show import Chart, Mark, chart
from kiemtin.domain.alerts import Alert
from kiemtin.domain.claims import Evidence, EvidenceRelation
from kiemtin.domain.coverage import day_of
from kiemtin.domain.ratings import Rating
from kiemtin.domain.repeats import Said
from kiemtin.domain.reviews import Action, Assessment
from kiemtin.errors import InputError
from kiemtin.pipeline import reviewing
from kiemtin.pipeline.counts import by_day
from kiemtin.pipeline.reviewing import Held
from kiemtin.store import accounts as account_store
from kiemtin.store import decisions as decision_store
from kiemtin.store import desk as desk_store
from kiemtin.store import queue as queue_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import stories as story_store
from kiemtin.store.decisions import Line
from kiemtin.store.desk import Repeat
from nlp.copies import copies
from nlp.marks import deciding_spans

router = APIRouter(include_in_schema=False)
_CONFLICT, _UNUSABLE = 409, 422
_SHOWN, _MAX_BODY = 60, 8_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage of evidence with what decides in it. `confirms`: an authority's word on its own act, which may carry a rating."""

    evidence: Evidence
    marks: tuple[Mark, ...]
    confirms: bool


@dataclass(frozen=True, slots=True)
class AlertPage:
    """What one screen shows. `pages`: how many repeat the claim; the first sixty are shown. `counted`, `denied`: public posts a day that repeat it and that deny it. `copy_of`: story id to the outlet whose text it carries again."""

    alert: Alert
    held: Held
    repeats: tuple[Repeat, ...]
    copy_of: dict[str, str]
    pages: int
    pieces: tuple[Piece, ...]
    claim_marks: tuple[Mark, ...]
    drawing: Chart | None
    counted: Chart | None
    denied: Chart | None
    history: tuple[Line, ...]
    names: dict[str, str]
    steps: tuple[Action, ...]
    useful: bool | None
    missing: tuple[str, ...]
    can_rate: bool


@router.get("/alerts/{alert_id}")
def show_alert(visit: Annotated[Visit, Depends(EVERYONE)], alert_id: str) -> Response:
    return _page(visit, alert_id)


def _page(visit: Visit, alert_id: str, status: int = 200, message: str = "", draft: Assessment | None = None, written: str = "") -> Response:
    """`draft`, `written`: what the person had typed when a step was refused; nothing of it is lost."""
    page = _gather(desk_of(visit.request), visit, alert_id)
    given = draft or page.held.case.review.assessment
    return render(visit, "alert.html.j2", status, page=page, message=message, draft=given, written=written, ratings=_ratings(), Action=Action)


def _ratings() -> list[Rating]:
    return [rating for rating in Rating if rating in RATINGS]


def _gather(desk: Desk, visit: Visit, alert_id: str) -> AlertPage:
    assert visit.staff is not None
    with desk.workspace.records.begin() as conn:
        held = reviewing.hold(conn, alert_id)
        alert = queue_store.load_alert(conn, held.claim.id) if held else None
        if held is None or alert is None:
            raise HTTPException(404)
        repeats = tuple(desk_store.repeats_of(conn, held.claim.id, _SHOWN))
        spread = reviewing.spread_of(conn, held.claim.id)
        numbers = repeat_store.load(conn, day_of(desk.clock()), held.claim.id)
        history = tuple(decision_store.lines_of(conn, alert_id))
        names = {person.id: person.name for person in account_store.load_all(conn)}
        useful = desk_store.load_feedback(conn, alert_id, visit.staff.id)
        copy_of, pages = _copies(conn, repeats), len(desk_store.days_of(conn, held.claim.id))
    evidence = held.case.evidence
    pieces = tuple(Piece(piece, _marks(piece.quote, held.claim.text), piece.id in held.case.may_confirm) for piece in evidence)
    against = " ".join(piece.quote for piece in evidence if piece.relation is EvidenceRelation.REFUTES)
    return AlertPage(
        alert=alert,
        held=held,
        repeats=repeats,
        copy_of=copy_of,
        pages=pages,
        pieces=pieces,
        claim_marks=_marks(held.claim.text, against),
        drawing=chart(spread),
        counted=chart(by_day(numbers)),
        denied=chart(by_day(numbers, Said.DENIAL)),
        history=history,
        names=names,
        steps=steps_for(held.case, visit.staff),
        useful=useful,
        missing=tuple(_missing(held, repeats)),
        can_rate=carries_rating(evidence, held.case.may_confirm),
    )


def _copies(conn: sa.Connection, repeats: tuple[Repeat, ...]) -> dict[str, str]:
    """Among the first pages whose body is still kept: which carry another's text."""
    bodies = {story.id: story.text for story in story_store.load_stories(conn, [one.story_id for one in repeats])}
    here = [one for one in repeats if one.story_id in bodies]
    found = copies([bodies[one.story_id][:_MAX_BODY] for one in here])
    return {one.story_id: here[first].outlet for one, first in zip(here, found, strict=True) if first is not None}


def _marks(text: str, against: str) -> tuple[Mark, ...]:
    return tuple(Mark(span.start, span.end, f"{span.kind} differs" if span.differs else span.kind) for span in deciding_spans(text, against))


def _missing(held: Held, repeats: tuple[Repeat, ...]) -> list[str]:
    """What a reviewer would look for and does not find here."""
    evidence = held.case.evidence
    found = []
    if not any(piece.relation is EvidenceRelation.REFUTES for piece in evidence):
        found.append("Không còn bằng chứng nào bác bỏ phát biểu này.")
    if not any(piece.independent for piece in evidence):
        found.append("Chưa có bằng chứng độc lập: mới có lời của cơ quan có liên quan hoặc nguồn chưa khai báo người điều hành.")
    if any(piece.published_at is None for piece in evidence):
        found.append("Có bằng chứng không ghi ngày công bố.")
    if not any(repeat.linked for repeat in repeats):
        found.append("Chưa thấy trang nào trong danh mục nhắc lại phát biểu này.")
    if any(repeat.linked and repeat.published_at is None for repeat in repeats):
        found.append("Có trang nhắc lại không ghi ngày đăng; biểu đồ dùng ngày thu thập.")
    if held.claim.kind is None:
        found.append("Chưa rõ đây là loại phát biểu nào (số liệu, sự việc, quy định, tác dụng hay thủ đoạn).")
    return found


@router.post("/alerts/{alert_id}/step")
def take_step(
    visit: Annotated[Visit, Depends(DECIDERS)],
    alert_id: str,
    action: Annotated[Action, Form()],
    version: Annotated[int, Form()],
    words_written: Annotated[str, Form(alias="words", max_length=20_000)] = "",
    rating: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=20_000)] = "",
    answer: Annotated[str, Form(max_length=20_000)] = "",
    unknown: Annotated[str, Form(max_length=20_000)] = "",
    evidence: Annotated[list[str] | None, Form()] = None,
    into: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A refused step shows the page again with all that was written and the reason above it."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    draft = _draft(rating, reason, answer, unknown, evidence or []) if action is Action.RATE else None
    asked = Step(action, version, words_written.strip(), draft, into.strip().rsplit("/", 1)[-1] or None)
    try:
        outcome = reviewing.take_step(desk.workspace, alert_id, asked, visit.staff, desk.clock())
    except InputError as error:
        return _page(visit, alert_id, _UNUSABLE, f"{str(error)[:1].upper()}{str(error)[1:]}.", draft, words_written)
    if outcome is None:
        raise HTTPException(404)
    if isinstance(outcome, Refused):
        status = _CONFLICT if outcome in (Refused.STALE, Refused.STATE) else 403 if outcome in (Refused.ROLE, Refused.OWN_RATING) else _UNUSABLE
        return _page(visit, alert_id, status, words.REFUSED[outcome], draft, words_written)
    return RedirectResponse(f"/alerts/{alert_id}", 303)


def _draft(rating: str, reason: str, answer: str, unknown: str, evidence: list[str]) -> Assessment:
    """`official`: the position without a rating. Raises InputError for a rating that does not exist."""
    try:
        chosen = None if rating == "official" else Rating.from_code(rating)
    except KeyError as error:
        raise InputError("hãy chọn một mức đánh giá") from error
    return Assessment(chosen, reason.strip(), tuple(dict.fromkeys(evidence[:100])), answer.strip(), unknown.strip())


@router.post("/alerts/{alert_id}/pages")
def rule_on_page(
    visit: Annotated[Visit, Depends(DECIDERS)], alert_id: str, story: Annotated[str, Form(max_length=100)], repeats: Annotated[bool, Form()]
) -> Response:
    """Whether this page repeats the claim, as a person sees it."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    if not reviewing.rule_on_page(desk.workspace, alert_id, story, repeats, visit.staff, desk.clock()):
        raise HTTPException(404)
    with desk.workspace.records.begin() as conn:
        stays = desk_store.load_review(conn, alert_id) is not None
    return RedirectResponse(f"/alerts/{alert_id}" if stays else "/", 303)


@router.post("/alerts/{alert_id}/evidence")
def add_evidence(
    visit: Annotated[Visit, Depends(DECIDERS)],
    alert_id: str,
    url: Annotated[str, Form(max_length=2000)],
    quote: Annotated[str, Form(max_length=5000)],
    relation: Annotated[EvidenceRelation, Form()],
) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    try:
        reviewing.add_evidence(desk.workspace, alert_id, url, quote, relation, visit.staff, desk.clock())
    except InputError as error:
        return _page(visit, alert_id, _UNUSABLE, f"{str(error)[:1].upper()}{str(error)[1:]}.", written=quote)
    return RedirectResponse(f"/alerts/{alert_id}", 303)


@router.post("/alerts/{alert_id}/feedback")
def give_feedback(visit: Annotated[Visit, Depends(EVERYONE)], alert_id: str, useful: Annotated[bool, Form()]) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    with desk.workspace.records.change() as conn:
        if desk_store.load_review(conn, alert_id) is None:
            raise HTTPException(404)
        desk_store.save_feedback(conn, alert_id, visit.staff.id, useful, desk.clock())
    return RedirectResponse(f"/alerts/{alert_id}", 303)
