"""From whatever went wrong on the way to a reason that is stored, counted, and said in one line. Never a word of the page."""

import zlib
from typing import Any

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.python.failure import Failure as TwistedFailure

from kiemtin.domain.stories import RefusalReason

REASONS_VI: dict[RefusalReason, str] = {
    RefusalReason.ROBOTS: "robots.txt không cho phép",
    RefusalReason.TOO_LARGE: "lớn hơn 5 MiB",
    RefusalReason.TOO_SLOW: "quá chậm, đã bỏ",
    RefusalReason.TOO_MANY_REDIRECTS: "chuyển hướng quá 5 lần",
    RefusalReason.PRIVATE_ADDRESS: "dẫn tới địa chỉ nội bộ, không kết nối",
    RefusalReason.BAD_ADDRESS: "địa chỉ không được nhận",
    RefusalReason.TLS: "chứng chỉ TLS không đáng tin",
    RefusalReason.UNREACHABLE: "không kết nối được",
    RefusalReason.HTTP_STATUS: "máy chủ trả mã",
    RefusalReason.MALFORMED: "nội dung hỏng, không đọc được",
    RefusalReason.NOT_HTML: "không phải trang HTML",
    RefusalReason.NOT_ARTICLE: "không phải bài viết",
    RefusalReason.EMPTY: "không có nội dung chữ",
    RefusalReason.FUTURE_DATE: "ngày đăng ở tương lai",
    RefusalReason.PARSER_FAILED: "bộ đọc gặp lỗi",
}


# A chain of causes that is longer than this is a loop.
_MAX_DEPTH = 8


class Refused(IgnoreRequest):
    """Raised by the manners to drop a request; carries the reason that will be stored."""

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


def line_vi(outlet: str, reason: RefusalReason, detail: str, url: str) -> str:
    """One line for people: outlet — what — address."""
    extra = f" {detail}" if reason is RefusalReason.HTTP_STATUS else f" ({detail})" if detail else ""
    return f"{outlet} — {REASONS_VI[reason]}{extra} — {url}"


def reason_of(error: BaseException, host_refused: bool) -> tuple[RefusalReason, str]:
    """Reason and short detail of a failed request. `host_refused`: the guard refused every address of its host."""
    if isinstance(error, Refused):
        return error.reason, error.detail
    if isinstance(error, IgnoreRequest):
        # Scrapy's own: the one left in the chain is a body that inflates beyond the bound.
        return RefusalReason.TOO_LARGE, "sau khi giải nén"
    if is_tls(error):
        return RefusalReason.TLS, ""
    if host_refused and isinstance(error, CannotResolveHostError):
        return RefusalReason.PRIVATE_ADDRESS, ""
    known = ((reason, detail) for kinds, reason, detail in _TABLE if isinstance(error, kinds))
    return next(known, (RefusalReason.PARSER_FAILED, type(error).__name__))


def may_pass(error: BaseException, host_refused: bool) -> bool:
    """Whether asking again shortly could help. A name that is not found now will not be in a few seconds; the next pass asks again."""
    if isinstance(error, CannotResolveHostError):
        return False
    return reason_of(error, host_refused)[0] in (RefusalReason.TOO_SLOW, RefusalReason.UNREACHABLE)


def is_tls(error: BaseException) -> bool:
    """Whether a certificate was not trusted or the handshake failed, somewhere in the chain of causes."""
    return any(isinstance(cause, SSL.Error | VerificationError) for cause in _causes(error))


def _causes(error: BaseException, depth: int = 0) -> list[BaseException]:
    if depth > _MAX_DEPTH:
        return []
    reasons: Any = getattr(error, "reasons", ())
    inner: list[BaseException] = []
    if isinstance(reasons, list | tuple):
        inner += [failure.value for failure in reasons if isinstance(failure, TwistedFailure) and failure.value is not None]
    if error.__cause__ is not None:
        inner.append(error.__cause__)
    return [error, *(found for cause in inner for found in _causes(cause, depth + 1))]


_TABLE: tuple[tuple[Any, RefusalReason, str], ...] = (
    (DownloadTimeoutError, RefusalReason.TOO_SLOW, ""),
    (DownloadCancelledError, RefusalReason.TOO_LARGE, ""),
    (CannotResolveHostError, RefusalReason.UNREACHABLE, "không tìm thấy tên máy chủ"),
    (DownloadConnectionRefusedError, RefusalReason.UNREACHABLE, "máy chủ từ chối kết nối"),
    (DownloadFailedError | ResponseDataLossError | ConnectionClosed, RefusalReason.UNREACHABLE, "kết nối bị ngắt"),
    (UnsupportedURLSchemeError | NotSupported, RefusalReason.BAD_ADDRESS, ""),
    (zlib.error | EOFError, RefusalReason.MALFORMED, "nén hỏng"),
    (ConnectError, RefusalReason.UNREACHABLE, ""),
    (OSError, RefusalReason.UNREACHABLE, ""),
    (ValueError, RefusalReason.BAD_ADDRESS, ""),
)
