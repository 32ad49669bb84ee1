"""`/healthz`: the process answers. `/readyz`: what it depends on answers too."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from kiemtin.desk.context import desk_of
from kiemtin.errors import DataDirError
from kiemtin.store import queue as queue_store

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> JSONResponse:
    return JSONResponse({"ok": True})


@router.get("/readyz")
def readyz(request: Request) -> JSONResponse:
    """Records can be read, the index is there, and what runs by the clock went well last time; 503 where not."""
    desk = desk_of(request)
    workspace = desk.workspace
    try:
        with workspace.records.begin() as conn:
            queue_store.load_claim(conn, "")
        ready = {"records": True, "index": not workspace.index.is_empty()}
    except DataDirError:
        ready = {"records": False, "index": False}
    ready |= {name: name not in desk.troubles for name in ("deliveries", "tidying", "passes", "counting")}
    well = ready["records"] and not desk.troubles
    return JSONResponse({"ok": well, **ready, "streams": desk.streams}, 200 if well else 503)
