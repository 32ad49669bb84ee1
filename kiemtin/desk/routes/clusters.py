"""One event as the press told it: its stories in order of time, and what was joined or parted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from kiemtin.desk.access import DECIDERS, EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.pipeline import grouping
from kiemtin.store import accounts as account_store
from kiemtin.store import clippings, clusters

router = APIRouter(include_in_schema=False)
_ID = 60


@router.get("/clusters/{cluster_id}")
def show_cluster(visit: Annotated[Visit, Depends(EVERYONE)], cluster_id: str) -> Response:
    """A cluster that has been merged leads to where its stories are now."""
    with desk_of(visit.request).workspace.records.begin() as conn:
        there = clusters.now_in(conn, cluster_id[:_ID])
        if there is None:
            raise HTTPException(404)
        if there != cluster_id:
            return RedirectResponse(f"/clusters/{there}", 303)
        stories = clippings.members(conn, [there])[there]
        changes = clusters.changes_of(conn, there)
        names = {person.id: person.name for person in account_store.load_all(conn)}
    return render(visit, "cluster.html.j2", cluster_id=there, stories=stories, changes=changes, names=names)


@router.post("/clusters/{cluster_id}/split")
def split(visit: Annotated[Visit, Depends(DECIDERS)], cluster_id: str, stories: Annotated[list[str] | None, Form()] = None) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    grouping.take_out(desk.workspace, cluster_id[:_ID], stories or [], visit.staff, desk.clock())
    return RedirectResponse(f"/clusters/{cluster_id[:_ID]}", 303)


@router.post("/clusters/{cluster_id}/merge")
def merge(visit: Annotated[Visit, Depends(DECIDERS)], cluster_id: str, other: Annotated[str, Form(max_length=300)] = "") -> Response:
    """`other`: a cluster's id, or the address of its page."""
    assert visit.staff is not None
    desk = desk_of(visit.request)
    grouping.make_one(desk.workspace, cluster_id[:_ID], other.strip().rpartition("/")[2][:_ID], visit.staff, desk.clock())
    return RedirectResponse(f"/clusters/{cluster_id[:_ID]}", 303)


@router.post("/clusters/undo")
def undo(visit: Annotated[Visit, Depends(DECIDERS)], change: Annotated[int, Form(ge=0, le=2**53)] = 0) -> Response:
    assert visit.staff is not None
    desk = desk_of(visit.request)
    return RedirectResponse(f"/clusters/{grouping.undo(desk.workspace, change, visit.staff, desk.clock())}", 303)
