"""An edition in the form that a file's ending asks for."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from kiemtin.briefing.document import docx_of
from kiemtin.briefing.letter import text_of
from kiemtin.briefing.page import html_of, pdf_of


def json_of(body: Mapping[str, Any]) -> bytes:
    """The frozen body itself."""
    return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


# The media types are those of https://www.iana.org/assignments/media-types/.
FORMS: dict[str, tuple[Callable[[Mapping[str, Any]], bytes], str]] = {
    "html": (html_of, "text/html; charset=utf-8"),
    "pdf": (pdf_of, "application/pdf"),
    "docx": (docx_of, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "json": (json_of, "application/json"),
    "txt": (lambda body: text_of(body).encode(), "text/plain; charset=utf-8"),
}
