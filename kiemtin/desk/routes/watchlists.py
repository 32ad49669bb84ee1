"""Watchlists: which places, sectors and subjects the office follows. Whoever reviews keeps them; a free term needs two."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from kiemtin.desk.access import DECIDERS, EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.coverage import LISTED_ONLY, SECTOR_NAMES_VI, SUBJECT_NAMES_VI, Sector, Subject
from kiemtin.errors import InputError
from kiemtin.pipeline import watching
from kiemtin.store import accounts as account_store
from kiemtin.store import watchlists as watchlist_store
from nlp.shelving import listed_places

router = APIRouter(include_in_schema=False)
_ID = 40


@router.get("/watchlists")
def show_watchlists(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    return _page(visit)


@router.get("/watchlists/{watchlist_id}")
def show_watchlist(visit: Annotated[Visit, Depends(EVERYONE)], watchlist_id: str) -> Response:
    return _page(visit, watchlist_id[:_ID])


def _page(visit: Visit, watchlist_id: str = "", status: int = 200, message: str = "") -> Response:
    with desk_of(visit.request).workspace.records.begin() as conn:
        found = watchlist_store.load_all(conn)
        names = {person.id: person.name for person in account_store.load_all(conn)}
    current = next((one for one in found if one.id == watchlist_id), None)
    if watchlist_id and current is None:
        raise HTTPException(404)
    return render(
        visit, "watchlists.html.j2", status, watchlists=found, current=current, names=names, message=message, places=listed_places(),
        sectors=tuple(Sector), subjects=tuple(Subject), sector_names=SECTOR_NAMES_VI, subject_names=SUBJECT_NAMES_VI, listed_only=LISTED_ONLY,
    )  # fmt: skip


@router.post("/watchlists")
def save(
    visit: Annotated[Visit, Depends(DECIDERS)],
    name: Annotated[str, Form(max_length=200)] = "",
    watchlist: Annotated[str, Form(max_length=_ID)] = "",
    places: Annotated[list[str] | None, Form()] = None,
    sectors: Annotated[list[Sector] | None, Form()] = None,
    subjects: Annotated[list[Subject] | None, Form()] = None,
) -> Response:
    """A new one, or a change of the one that is named."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    form = watching.WatchlistForm(name, frozenset(places or ()), frozenset(sectors or ()), frozenset(subjects or ()))
    try:
        saved = watching.save_watchlist(desk.workspace, watchlist, form, visit.staff, desk.clock())
    except InputError as error:
        return _page(visit, watchlist, 422, _sentence(error))
    return RedirectResponse(f"/watchlists/{saved.id}", 303)


@router.post("/watchlists/{watchlist_id}/remove")
def remove(visit: Annotated[Visit, Depends(DECIDERS)], watchlist_id: str) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    watching.remove_watchlist(desk.workspace, watchlist_id[:_ID], visit.staff, desk.clock())
    return RedirectResponse("/watchlists", 303)


@router.post("/watchlists/{watchlist_id}/terms")
def terms(
    visit: Annotated[Visit, Depends(DECIDERS)],
    watchlist_id: str,
    term: Annotated[str, Form(max_length=200)] = "",
    step: Annotated[str, Form(max_length=10)] = "propose",
) -> Response:
    """`step`: propose, confirm (somebody else) or drop."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    steps = {"propose": watching.propose_term, "confirm": watching.confirm_term, "drop": watching.drop_term}
    if step not in steps:
        raise InputError("bước này không có")
    try:
        steps[step](desk.workspace, watchlist_id[:_ID], term, visit.staff, desk.clock())
    except InputError as error:
        return _page(visit, watchlist_id[:_ID], 422, _sentence(error))
    return RedirectResponse(f"/watchlists/{watchlist_id[:_ID]}", 303)


def _sentence(error: InputError) -> str:
    return f"{str(error)[:1].upper()}{str(error)[1:]}."
