"""Vietnamese first, English second: every sentence of the templates and of the code's tables has its English, and no key is left over."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from alerts.review import Refused
from kiemtin.delivery.topic import KINDS
from kiemtin.desk import words
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.reviews import Action
from kiemtin.domain.staff import Role
from tests.support.desk import DeskRun

DESK = Path(words.__file__).parent
_CALL = re.compile(r'_\("((?:[^"\\]|\\.)*)"\)')


def in_templates() -> set[str]:
    folders = (DESK / "templates", DESK.parent / "briefing" / "templates")
    return {sentence for folder in folders for path in folder.glob("*.j2") for sentence in _CALL.findall(path.read_text("utf-8"))}


def in_routes() -> set[str]:
    """What a route hands to a page as its message: whole sentences."""
    found = set()
    for path in (DESK / "app.py", *(DESK / "routes").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value[:1].isupper() and node.value.endswith(".") and not node.value.isascii():  # fmt: skip
                found.add(node.value)
    return found


def documented() -> set[str]:
    """Descriptions of the API are the document's, and what the guard says is said before there is a page."""
    texts = [(DESK / "routes" / "api.py").read_text("utf-8"), *re.findall(r'description="(.*?)"', (DESK / "app.py").read_text("utf-8"))]
    return {sentence for sentence in in_routes() if any(sentence in text for text in texts)}


def test_every_sentence_has_its_english() -> None:
    missing = (in_templates() | set(words.SENTENCES) | (in_routes() - documented())) - set(words.english())
    assert missing == set()


def test_no_english_is_empty_or_still_vietnamese() -> None:
    for vietnamese, english in words.english().items():
        assert english.strip(), vietnamese
        assert (
            vietnamese == "Kiểm Tin" or english.isascii() or not re.search("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", english.lower())
        ), english


def test_no_key_is_left_over() -> None:
    used = in_templates() | set(words.SENTENCES) | in_routes() | set(KINDS.values())
    assert set(words.english()) - used == set()


def test_sentences_are_written_in_one_spelling() -> None:
    for vietnamese in words.english():
        assert vietnamese == unicodedata.normalize("NFC", vietnamese)


@pytest.mark.parametrize(("table", "names"), [(words.STATUS, AlertStatus), (words.ACTION, Action), (words.REFUSED, Refused), (words.ROLE, Role)])
def test_every_name_has_its_words(table: dict[str, str], names: type) -> None:
    assert set(table) == set(names)  # type: ignore[call-overload]


def test_a_page_is_in_the_language_that_was_chosen(desk: DeskRun) -> None:
    with desk.browser(Role.VIEWER) as viewer:
        assert 'lang="vi"' in viewer.get("/").text
        chosen = viewer.get("/language/en?back=/settings")
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/settings")
        page = viewer.get("/").text
        assert '<html lang="en">' in page and "Queue" in page and "Hàng đợi" not in page
