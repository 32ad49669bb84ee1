"""The figures of a text as plain values, for choosing among claims that differ in nothing else; the decision reads them with their units."""

import re

from nlp.text import fold, nfc

# `50.000`, `3,5 triệu`, `50k`, `1tr2`; the parts of a date each for itself. Not `m3`, `5G`.
_FIGURE = re.compile(
    r"(?<![a-z\d])(\d{1,3}(?:\.\d{3})+(?![\d.]*\d)|\d{1,12}(?:,\d{1,6})?) ?(k|nghin|ngan|tr|trieu|cu|ty|ti)?(?:d|vnd|kg|km|m|h|l)?(?![a-z])(?:(?<=tr)(\d))?"
)
_SCALE = {"": 1, "k": 10**3, "nghin": 10**3, "ngan": 10**3, "tr": 10**6, "trieu": 10**6, "cu": 10**6, "ty": 10**9, "ti": 10**9}
# Figures in words, where they can be told: unmarked `nam` is a year, the south and five.
_IN_WORDS = re.compile(
    r"(?<!\w)(?:một|hai|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười|chục|trăm|nghìn|ngàn|nửa|rưỡi|hai|bon|bay|tam|chin|muoi|chuc|tram|nghin|ngan|nua|ruoi)(?!\w)"
)
_MOST = 40  # of one text


def figures(text: str) -> frozenset[int]:
    """Each value in hundredths. Figures in words are not read: a claim is not left out for want of them."""
    found: set[int] = set()
    for match in _FIGURE.finditer(fold(nfc(text).lower())):
        value, scale, tenth = match.groups()
        number = float(value.replace(".", "").replace(",", ".")) * _SCALE[scale or ""] + int(tenth or 0) * 10**5
        found.add(round(number * 100))
        if len(found) >= _MOST:
            break
    return frozenset(found)


def has_figures_in_words(text: str) -> bool:
    return _IN_WORDS.search(text.lower()) is not None
