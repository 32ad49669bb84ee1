"""What the team sets together: how the parts of a priority weigh. Every change is kept with its day and its maker."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from kiemtin.desk.access import DECIDERS, EVERYONE
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.domain.weights import Weights
from kiemtin.pipeline.weighing import set_weights
from kiemtin.store import accounts as account_store
from kiemtin.store import settings

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def show_settings(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    return _settings(visit)


def _settings(visit: Visit, status: int = 200, message: str = "", given: Weights | None = None) -> Response:
    with desk_of(visit.request).workspace.records.begin() as conn:
        current, history = settings.load_weights(conn), settings.weights_history(conn)
        names = {person.id: person.name for person in account_store.load_all(conn)}
    return render(visit, "settings.html.j2", status, weights=given or current, history=history, names=names, message=message)


@router.post("/settings/weights")
def change_weights(
    visit: Annotated[Visit, Depends(DECIDERS)],
    harm: Annotated[int, Form()],
    reach: Annotated[int, Form()],
    specificity: Annotated[int, Form()],
    recency: Annotated[int, Form()],
    repetition: Annotated[int, Form()],
    evidence: Annotated[int, Form()],
) -> Response:
    """The whole queue is put in its new order at once."""
    assert visit.staff is not None
    weights = Weights(harm, reach, specificity, recency, repetition, evidence)
    if not weights.is_valid:
        return _settings(visit, 422, "Các trọng số phải từ 0 đến 100 và cộng lại đúng 100.", weights)
    desk = desk_of(visit.request)
    set_weights(desk.workspace, weights, visit.staff, desk.clock())
    return RedirectResponse("/settings", 303)
