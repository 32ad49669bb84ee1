"""In the open, without a log-in: the corrections page, its feeds, each correction as a page, JSON, ClaimReview and DOCX; and where all of it comes from."""

import json
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup
from starlette.exceptions import HTTPException

from alerts.corrections import claim_review
from kiemtin.delivery.topic import docx_of, topic_of
from kiemtin.desk.access import visit_of
from kiemtin.desk.context import desk_of, render, render_text
from kiemtin.desk.show import chart
from kiemtin.domain.coverage import day_of
from kiemtin.domain.reviews import Correction
from kiemtin.domain.scope import Theme
from kiemtin.pipeline.counts import by_day
from kiemtin.pipeline.sources import sources_view
from kiemtin.store import corrections as correction_store
from kiemtin.store import repeats as repeat_store

router = APIRouter(include_in_schema=False)
_PAGE, _FEED = 30, 100
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/corrections")
def show_corrections(
    request: Request, theme: Annotated[str, Query(max_length=30)] = "", before: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """What changed last stands first."""
    wanted = theme if theme in set(Theme) else None
    with desk_of(request).workspace.records.begin() as conn:
        found = correction_store.page(conn, _PAGE + 1, _read_moment(before), wanted)
    more = found[_PAGE - 1].changed_at.isoformat() if len(found) > _PAGE else ""
    return render(
        visit_of(request),
        "corrections.html.j2",
        corrections=found[:_PAGE],
        themes=tuple(Theme),
        theme=wanted or "",
        following=more,
        first_page=not before,
    )


def _read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@router.get("/corrections.json")
def json_feed(request: Request) -> JSONResponse:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); `_kiemtin` holds the whole public object."""
    config, found = desk_of(request).workspace.config, _latest(request)
    return JSONResponse(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"Đính chính của {config.office_name}",
            "home_page_url": f"{config.public_url}/corrections",
            "feed_url": f"{config.public_url}/corrections.json",
            "language": "vi",
            "items": [_item(correction) for correction in found],
        },
        media_type="application/feed+json",
    )


def _item(correction: Correction) -> dict[str, Any]:
    body = correction.body
    return {
        "id": f"{body['url']}#{body['revision']}",
        "url": body["url"],
        "title": title_of(body),
        "content_text": body["withdrawal_reason"] or body["reason"],
        "date_published": body["published_at"],
        "date_modified": body["changed_at"],
        "_kiemtin": body,
    }


def title_of(body: Any) -> str:
    return f"{'RÚT LẠI' if body['status'] == 'withdrawn' else body['rating_name']}: {body['statement']}"


def _latest(request: Request) -> list[Correction]:
    with desk_of(request).workspace.records.begin() as conn:
        return correction_store.page(conn, _FEED)


@router.get("/corrections.atom")
def atom_feed(request: Request) -> Response:
    """RFC 4287."""
    config, found = desk_of(request).workspace.config, _latest(request)
    updated = found[0].changed_at if found else desk_of(request).clock()
    page = render_text(
        "corrections.atom.j2", corrections=found, office=config.office_name, url=config.public_url, updated=updated.isoformat(), title_of=title_of
    )
    return Response(page, media_type="application/atom+xml; charset=utf-8")


def _known(request: Request, correction_id: str) -> Correction:
    with desk_of(request).workspace.records.begin() as conn:
        found = correction_store.load(conn, correction_id)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/corrections/{correction_id}.json")
def correction_json(request: Request, correction_id: str) -> JSONResponse:
    return JSONResponse(_known(request, correction_id).body)


@router.get("/corrections/{correction_id}.jsonld")
def correction_markup(request: Request, correction_id: str) -> Response:
    """The ClaimReview; 410 where there is none any more, 404 where an official position never had one."""
    found = _known(request, correction_id)
    markup = claim_review(found.body)
    if markup is None:
        raise HTTPException(410 if found.body["status"] == "withdrawn" else 404)
    return JSONResponse(markup, media_type="application/ld+json")


@router.get("/corrections/{correction_id}.docx")
def correction_docx(request: Request, correction_id: str) -> Response:
    found = _known(request, correction_id)
    name = f"kiem-tin-{found.id}-{found.revision}.docx"
    return Response(docx_of(found.body), media_type=_DOCX, headers={"content-disposition": f'attachment; filename="{name}"'})


@router.get("/corrections/{correction_id}")
def show_correction(request: Request, correction_id: str) -> Response:
    found = _known(request, correction_id)
    with desk_of(request).workspace.records.begin() as conn:
        versions = correction_store.versions(conn, found.id)
        counted = by_day(repeat_store.load(conn, day_of(desk_of(request).clock()), found.claim_id))
    spread = [(date.fromisoformat(cell["day"]), cell["pages"]) for cell in found.body["spread"]]
    return render(
        visit_of(request), "correction.html.j2", body=found.body, versions=versions, drawing=chart(spread), counted=chart(counted), topic=topic_of(found.body),
        markup=_as_script(claim_review(found.body)),
    )  # fmt: skip


def _as_script(document: dict[str, Any] | None) -> Markup | None:
    """JSON that can stand inside `<script>`: nothing in it can end the element."""
    if document is None:
        return None
    text = json.dumps(document, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@router.get("/sources")
def show_sources(request: Request) -> Response:
    return render(visit_of(request), "sources.html.j2", sources=sources_view(desk_of(request).workspace, desk_of(request).clock()))


@router.get("/sources.json")
def sources_json(request: Request) -> JSONResponse:
    return JSONResponse(sources_view(desk_of(request).workspace, desk_of(request).clock()))
