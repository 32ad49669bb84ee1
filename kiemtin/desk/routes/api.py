"""The API: what was approved, for a destination with its token. It gives nothing that the public pages do not (LIMITS 7)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel
from starlette.exceptions import HTTPException

from kiemtin.briefing.page import html_of
from kiemtin.desk.context import desk_of, render_text
from kiemtin.domain.deliveries import Destination, Wants
from kiemtin.domain.editions import Edition, EditionKind
from kiemtin.pipeline.accounts import digest
from kiemtin.store import corrections as correction_store
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import editions as edition_store

_bearer = HTTPBearer(auto_error=False, description="Mã truy cập của nơi nhận, được cấp một lần trong bàn biên tập.")
_MOST, _MOST_EDITIONS = 100, 30


class Failure(BaseModel):
    """Why not, in Vietnamese."""

    error: str


class EvidenceBody(BaseModel):
    """One cited passage."""

    url: str
    publisher: str
    publisher_kind: str
    independent: bool
    relation: str
    quote: str
    published_at: datetime | None
    rating: str | None


class SpreadCell(BaseModel):
    """How many published pages repeated the statement on that day."""

    day: str
    pages: int


class CorrectionBody(BaseModel):
    """A correction exactly as `/corrections/{id}.json` shows it."""

    id: str
    url: str
    revision: int
    status: str
    office: str
    statement: str
    theme: str | None
    position: str
    rating: str | None
    rating_value: int | None
    rating_name: str
    reason: str
    answer: str | None
    not_known: str | None
    evidence: list[EvidenceBody]
    spread: list[SpreadCell]
    published_at: datetime
    changed_at: datetime
    recheck_on: str | None
    under_review: bool
    withdrawal_reason: str | None
    notice: str
    notice_en: str


class CorrectionList(BaseModel):
    """What changed last stands first."""

    corrections: list[CorrectionBody]


_FAILURES: dict[int | str, dict[str, Any]] = {code: {"model": Failure} for code in (401, 404, 422, 503)}
router = APIRouter(prefix="/api", tags=["corrections"], responses=_FAILURES)


def destination_of(request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Destination:
    """The destination whose token this is; 401 for any other."""
    if bearer is not None:
        with desk_of(request).workspace.records.begin() as conn:
            found = delivery_store.destination_of_token(conn, digest(bearer.credentials[:200]))
        if found is not None:
            return found
    raise HTTPException(401)


@router.get("/corrections", response_model=CorrectionList)
def corrections(
    request: Request,
    destination: Annotated[Destination, Depends(destination_of)],
    since: Annotated[AwareDatetime | None, Query(description="Chỉ những gì đã đổi sau lúc này.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
) -> JSONResponse:
    """Đính chính trong các lĩnh vực của nơi nhận này, cả những gì đã rút lại."""
    with desk_of(request).workspace.records.begin() as conn:
        found = correction_store.page(conn, _MOST * 10)
    wanted = [one for one in found if not destination.themes or one.theme in destination.themes]
    return JSONResponse({"corrections": [one.body for one in wanted if since is None or one.changed_at > since][:limit]})


class BriefingBody(BaseModel):
    """An edition as it was frozen; what stands in each part is in `docs/briefing.md`."""

    id: str
    kind: str
    day: str
    office: str
    url: str
    first: datetime
    last: datetime
    holiday: str
    withdrawals: list[dict[str, Any]]
    corrections: list[dict[str, Any]]
    open_alerts: list[dict[str, Any]]
    watchlists: list[dict[str, Any]]
    repeats: list[dict[str, Any]]
    events: list[dict[str, Any]]
    volume: dict[str, Any]
    gaps: list[dict[str, Any]]
    nothing_new: bool


class BriefingList(BaseModel):
    """The newest first."""

    briefings: list[BriefingBody]


def _editions_for(request: Request, destination: Destination) -> list[Edition]:
    """Of the kinds that this destination wants."""
    kinds = tuple(kind for kind in EditionKind if Wants(kind.value) in destination.wants)
    with desk_of(request).workspace.records.begin() as conn:
        return edition_store.latest(conn, _MOST_EDITIONS, kinds)


@router.get("/briefings", response_model=BriefingList)
def briefings(request: Request, destination: Annotated[Destination, Depends(destination_of)]) -> JSONResponse:
    """Các bản tin đã ra, thuộc những kỳ mà nơi nhận này đã đăng ký."""
    return JSONResponse({"briefings": [edition.body for edition in _editions_for(request, destination)]})


@router.get("/briefings.atom", response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})
def briefing_feed(request: Request, destination: Annotated[Destination, Depends(destination_of)]) -> Response:
    """Cùng các bản tin ấy, dạng Atom."""
    config = desk_of(request).workspace.config
    body = render_text(
        "briefings.atom.j2", editions=_editions_for(request, destination), office=config.office_name, base=config.public_url, html_of=html_of
    )
    return Response(body, media_type="application/atom+xml")


@router.get("/corrections/{correction_id}", response_model=CorrectionBody)
def correction(request: Request, destination: Annotated[Destination, Depends(destination_of)], correction_id: str) -> JSONResponse:
    """Một đính chính; 404 nếu không thuộc lĩnh vực của nơi nhận này."""
    with desk_of(request).workspace.records.begin() as conn:
        found = correction_store.load(conn, correction_id[:100])
    if found is None or (destination.themes and found.theme not in destination.themes):
        raise HTTPException(404)
    return JSONResponse(found.body)
