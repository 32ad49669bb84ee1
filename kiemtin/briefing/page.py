"""An edition as one page without anything from elsewhere: to open, to print, to send. The print is the same page."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from kiemtin.briefing import words
from kiemtin.briefing.charts import draw
from kiemtin.briefing.letter import text_of
from kiemtin.errors import InputError


def safe_link(url: str) -> str:
    """A web address, or "" for anything that a browser would run."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:  # an address that is none
        return ""


FILTERS: dict[str, Callable[..., Any]] = {
    "day": words.day, "short_day": words.short_day, "moment": words.moment, "hour": words.hour, "number": words.number, "edition_title": words.title,
    "weekday": words.weekday, "safe_link": safe_link,
}  # fmt: skip

GLOBALS: dict[str, Any] = {"draw": draw, "gaps": words.GAPS}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("kiemtin.briefing"), autoescape=select_autoescape(default=True, default_for_string=True), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(FILTERS)
    made.globals.update(GLOBALS)
    made.globals["_"] = lambda text: text
    return made


def html_of(body: Mapping[str, Any]) -> bytes:
    """The whole page; the same body is the same bytes."""
    return _environment().get_template("edition.html.j2").render(body=words.cleaned(body), minutes=words.minutes(text_of(body))).encode()


def pdf_of(body: Mapping[str, Any]) -> bytes:
    """The page as a print; the same body is the same bytes. Raises InputError where Debian's pango is missing: nothing else needs it."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise InputError(
            "thiếu thư viện để in PDF; cài: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
        ) from error

    class Nothing(URLFetcher):  # type: ignore[misc]
        """A print needs nothing from anywhere: no address that stands in an edition is ever asked."""

        def fetch(self, url: str, headers: object = None) -> object:
            raise ValueError(f"not fetched: {urlsplit(url).scheme}")

    printed: bytes = HTML(string=html_of(body).decode(), url_fetcher=Nothing()).write_pdf(pdf_identifier=body["id"].encode(), full_fonts=False)
    return printed
