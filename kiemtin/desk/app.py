"""The desk as one ASGI application: pages, public pages, API, and what they share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import kiemtin
from kiemtin.desk.access import ForbiddenError, FormExpiredError, LoginNeededError, local_path, visit_of
from kiemtin.desk.context import Desk, Visit, render
from kiemtin.desk.guard import Guarded
from kiemtin.desk.routes import (
    accounts,
    alert,
    api,
    briefing,
    check,
    clusters,
    explore,
    health,
    login,
    newsrooms,
    public,
    queue,
    records,
    settings,
    tips,
    watchlists,
)
from kiemtin.errors import DataDirError, InputError

PAGES = (queue, alert, check, tips, briefing, explore, clusters, watchlists, newsrooms, records, settings, accounts, login, public, api, health)


def create_app(desk: Desk) -> FastAPI:
    """The application around one opened workspace."""

    @asynccontextmanager
    async def warmed(_app: FastAPI) -> AsyncIterator[None]:
        desk.asker.check("Nước lá sen chữa khỏi bệnh sởi")
        yield

    app = FastAPI(
        title="Kiểm Tin", version=kiemtin.__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None, lifespan=warmed,
        description="Những gì hai người đã duyệt, cho tòa soạn lấy về bằng mã truy cập của mình.",
    )  # fmt: skip
    app.state.desk = desk
    app.mount("/static", StaticFiles(directory=Path(str(resources.files("kiemtin.desk"))) / "static"), name="static")
    for module in PAGES:
        app.include_router(module.router)
    _add_failures(app)
    app.add_middleware(Guarded, secure=desk.secure)
    return app


def _add_failures(app: FastAPI) -> None:
    """Each failure as a page in the visitor's language, or as JSON below `/api/`; none tells what is inside."""

    @app.exception_handler(LoginNeededError)
    async def _log_in_first(request: Request, _error: Exception) -> Response:
        back = local_path(request.url.path + (f"?{request.url.query}" if request.url.query else "")) if request.method == "GET" else "/"
        return RedirectResponse(f"/login?next={quote(back, safe=chr(47))}", 303)

    @app.exception_handler(ForbiddenError)
    async def _forbidden(request: Request, _error: Exception) -> Response:
        return _told(request, 403, "Tài khoản của bạn không được mở trang này.")

    @app.exception_handler(FormExpiredError)
    async def _expired(request: Request, _error: Exception) -> Response:
        return _told(request, 403, "Biểu mẫu đã cũ hoặc không hợp lệ. Hãy quay lại, tải lại trang và gửi lần nữa.")

    @app.exception_handler(InputError)
    async def _unusable(request: Request, error: Exception) -> Response:
        return _told(request, 422, f"{str(error)[:1].upper()}{str(error)[1:]}.")

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, _error: Exception) -> Response:
        return _told(request, 422, "Nội dung gửi lên không đúng định dạng.")

    @app.exception_handler(DataDirError)
    async def _busy(request: Request, _error: Exception) -> Response:
        return _told(request, 503, "Hệ thống đang bận hoặc không ghi được dữ liệu; hãy thử lại sau ít phút.")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _told(request, status, "Không có trang này." if status == 404 else "Yêu cầu này không thực hiện được.")  # noqa: PLR2004

    @app.exception_handler(Exception)
    async def _fault(request: Request, _error: Exception) -> Response:
        return _told(request, 500, "Có lỗi ngoài dự kiến; không có gì bị mất.")


def _told(request: Request, status: int, words: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": words}, status)
    try:
        visit = visit_of(request)
    except DataDirError:
        visit = Visit(request)
    return render(visit, "told.html.j2", status, message=words)
