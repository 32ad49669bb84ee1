"""Has this been checked? For staff on every page, for the public on the tips page. The text is neither stored nor logged."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from kiemtin.desk.access import EVERYONE
from kiemtin.desk.answers import answer_of
from kiemtin.desk.context import Visit, desk_of, render
from kiemtin.errors import InputError

router = APIRouter(include_in_schema=False)


@router.get("/check")
def show_check(visit: Annotated[Visit, Depends(EVERYONE)]) -> Response:
    return render(visit, "check.html.j2", text="", answer=None, message="")


@router.post("/check")
def check(visit: Annotated[Visit, Depends(EVERYONE)], text: Annotated[str, Form(max_length=6000)] = "") -> Response:
    """One text in the body of a request, so that it stands in no address and no history."""
    desk = desk_of(visit.request)
    try:
        answer, message = answer_of(desk, desk.asker.check(text)), ""
    except InputError as error:
        answer, message = None, str(error)
    return render(visit, "check.html.j2", text=text, answer=answer, message=message)
