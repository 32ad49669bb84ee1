"""The API: what was approved, for a destination with its token. It gives nothing that the public pages do not (LIMITS 7)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel
from starlette.exceptions import HTTPException

from kiemtin.desk.context import desk_of
from kiemtin.domain.deliveries import Destination
from kiemtin.pipeline.accounts import digest
from kiemtin.store import corrections as correction_store
from kiemtin.store import deliveries as delivery_store

_bearer = HTTPBearer(auto_error=False, description="Mã truy cập của nơi nhận, được cấp một lần trong bàn biên tập.")
_MOST = 100


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


@router.get("/corrections/{correction_id}", response_model=CorrectionBody)
def correction(request: Request, destination: Annotated[Destination, Depends(destination_of)], correction_id: str) -> JSONResponse:
    """Một đính chính; 404 nếu không thuộc lĩnh vực của nơi nhận này."""
    with desk_of(request).workspace.records.begin() as conn:
        found = correction_store.load(conn, correction_id[:100])
    if found is None or (destination.themes and found.theme not in destination.themes):
        raise HTTPException(404)
    return JSONResponse(found.body)
