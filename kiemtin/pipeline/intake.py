"""The doors beside the crawl: published checks from a file, and tips that people chose to send."""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.claimreview import PublishedReview, parse_claim_reviews
from crawlers.reviews import to_imported_review
from kiemtin.domain.alerts import Tip
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.accounts import digest
from kiemtin.pipeline.analysis import analyse, examine_checks
from kiemtin.pipeline.checks import Checked, Checker
from kiemtin.pipeline.workspace import Progress, Workspace, no_progress
from kiemtin.store import outlets as outlet_store
from kiemtin.store import reviews as review_store
from kiemtin.store import tips as tip_store
from kiemtin.store.records import writer_lock
from nlp.privacy import find_private

_MAX_BYTES = 500 * 1024 * 1024
MAX_TIP = 2_000
_MAX_TIPS = 1_000  # a day's tips of one office; this is a letter box, no way to screen many texts (LIMITS 2)
_NOT_JSON = (ValueError, RecursionError)  # ValueError: also a number of more digits than Python reads
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL and halves of characters, which JSON can spell: no database takes them


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import of published checks did. `unlisted`: from hosts outside the catalogue; shown, never independent."""

    read: int
    saved: int
    out_of_scope: int
    unlisted: int
    unusable: int


def import_factchecks(workspace: Workspace, path: Path, now: datetime, progress: Progress = no_progress) -> ImportReport:
    """Import ClaimReviews: JSON, JSON Lines, or a Data Commons feed. Raises InputError in one line; then nothing is saved."""
    found, unusable = _read_reviews(path)
    with writer_lock(workspace.data_dir), workspace.records.begin() as conn:
        catalog = outlet_store.load_outlets(conn)
        reviews = [review for item in found if (review := to_imported_review(item, catalog)) is not None]
        changed = review_store.save(conn, reviews)
    with writer_lock(workspace.data_dir):
        _, out_of_scope = examine_checks(workspace)
        analyse(workspace, now, progress)
    unlisted = sum(review.publisher_kind == "unlisted" for review in reviews)
    return ImportReport(len(found) + unusable, changed - out_of_scope, out_of_scope, unlisted, unusable + len(found) - len(reviews))


def _read_reviews(path: Path) -> tuple[list[PublishedReview], int]:
    """All reviews of a file, and how many of its documents held none."""
    found: list[PublishedReview] = []
    without = 0
    for document in _documents(path):
        here = list(parse_claim_reviews(document))
        found += here
        without += not here
    return found, without


def _documents(path: Path) -> Iterator[object]:
    """The file as one JSON document; where it is none but its first line is, its lines."""
    text = _read_text(path)
    try:
        yield json.loads(text)
    except _NOT_JSON as error:
        try:
            json.loads(text.strip().partition("\n")[0])
        except _NOT_JSON:
            raise InputError(f"{path}: không phải JSON: {error}") from error
        yield from (document for _, document in _json_lines(path, text))


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Each line's number and value. Only a line feed ends a line: JSON allows U+2028 and its like within a string."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except _NOT_JSON as error:
            raise InputError(f"{path}: dòng {number} không phải JSON") from error


def _read_text(path: Path) -> str:
    """The file as text; at most 500 MiB is read, whatever size the file claims to have (`/dev/zero` claims none)."""
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: không phải tệp thường")
        with path.open("rb") as file:
            body = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    if len(body) > _MAX_BYTES:
        raise InputError(f"{path}: lớn hơn {_MAX_BYTES // 2**20} MiB")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: không phải UTF-8") from error


@dataclass(frozen=True, slots=True)
class TipAnswer:
    """What became of one tip. `outcome`: "answered", "kept", "refused" (personal data) or "out_of_scope"; only "kept" is stored.

    `code`: with it the sender can ask what became of a kept tip; only its digest is kept.
    """

    outcome: str
    message: str
    checked: Checked | None = None
    code: str = ""


_REFUSED = (
    "Cảm ơn bạn. Tin báo có vẻ chứa thông tin riêng của ai đó ({what}) nên chúng tôi không nhận và không lưu lại. "
    "Bạn chỉ cần viết lại điều đã nghe hoặc đọc được, không kèm tên người, số điện thoại, tài khoản hay địa chỉ."
)
_OUT_OF_SCOPE = "Cảm ơn bạn. Chúng tôi chỉ kiểm tra các thông tin thực tế về an toàn và dịch vụ công, nên không lưu tin báo này."
_KEPT = "Cảm ơn bạn. Chưa có kiểm chứng nào được công bố về điều này; người kiểm tra sẽ xem trong vòng 72 giờ, sau đó tin báo được xóa."
_ANSWERED = "Điều này đã có kiểm chứng được công bố."


def take_tip(workspace: Workspace, checker: Checker, text: str, now: datetime) -> TipAnswer:
    """Refuse, answer or keep one tip. A tip with personal data is not stored, and neither is one with an answer."""
    private = find_private(text)
    if private:
        return TipAnswer("refused", _REFUSED.format(what=", ".join(sorted(private))))
    text = without_strange_links(text, checker.catalog)
    try:
        checked = checker.check(text)
    except InputError as error:
        return TipAnswer("out_of_scope", str(error))
    if any(match.linked for match, _ in checked.matches):
        return TipAnswer("answered", _ANSWERED, checked)
    if not checked.scope.in_scope or checked.scope.theme is None:
        return TipAnswer("out_of_scope", _OUT_OF_SCOPE)
    tip, code = Tip(content_id("tip", text), text, now, checked.scope.theme), new_code()
    with workspace.records.change() as conn:
        tip_store.save_tip(conn, tip)
        tip_store.save_receipt(conn, digest(plain_code(code)), tip.id, now)
    return TipAnswer("kept", _KEPT, checked, code)


_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that reads like another


def new_code() -> str:
    """Twelve letters, about 59 bits: not to be guessed within its 90 days."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in range(0, 12, 4))


def plain_code(code: str) -> str:
    """A code as people type it again."""
    return "".join(char for char in code.upper() if char.isalnum())[:40]


_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b(?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|example|io|xyz|top|club|site|online|me|cc|tv|edu|gov|app|link|shop)\b(?:/\S*)?",
    re.IGNORECASE,
)


def without_strange_links(text: str, catalog: tuple[Outlet, ...]) -> str:
    """The text without links that lead outside the catalogue (LIMITS 3)."""

    def keep(match: re.Match[str]) -> str:
        link = match.group(0)
        return link if outlet_store.outlet_of(catalog, link if "://" in link else f"https://{link}") is not None else ""

    return " ".join(_LINK.sub(keep, text).split()) if _LINK.search(text) else text


def storable(text: str) -> str:
    """Without what no database takes: NUL, halves of characters."""
    return _UNSTORABLE.sub("", text)


def import_tips(workspace: Workspace, path: Path, now: datetime) -> list[TipAnswer]:
    """Take tips from JSON Lines with "text". A malformed file is refused before anything of it is kept."""
    texts = [_tip_text(path, number, row) for number, row in _json_lines(path, _read_text(path))]
    if len(texts) > _MAX_TIPS:
        raise InputError(f"{path}: nhiều hơn {_MAX_TIPS} tin báo")
    checker = Checker(workspace)
    return [take_tip(workspace, checker, text, now) for text in texts]


def _tip_text(path: Path, number: int, row: object) -> str:
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_TIP or _UNSTORABLE.search(text):
        raise InputError(f'{path}: dòng {number} cần có "text" là chữ, dài không quá {MAX_TIP} ký tự')
    return text
