"""Provinces and districts as typed values with their span, under their names before and after the mergers of 1 July 2025.

`Hậu Giang` and `Sóc Trăng` were joined to `Cần Thơ`: a page that says `Cần Thơ` may speak of either, and of neither for sure.
The map is underthesea's (`underthesea.address`, after vietnamadminunits): 63 provinces became 34, districts ended.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from nlp.phrases import PhraseTable, phrase_table
from nlp.text import Token, fold, nfc, tokenize, unify_tone

_MAPPING = ("address", "data", "mapping.json")
_ALIASES = {
    "sài gòn": "hồ chí minh",
    "tphcm": "hồ chí minh",
    "tp hcm": "hồ chí minh",
    "thừa thiên huế": "huế",
    "bà rịa": "bà rịa vũng tàu",
    "vũng tàu": "bà rịa vũng tàu",
}
# Without capitals and diacritics these are first of all other words (`hòa bình`, `quảng trị`, `an giang` are not).
_OTHER_WORDS = frozenset(["hoa binh", "thai binh", "yen bai", "cao bang", "tay ninh", "ha nam", "vinh long", "phu yen", "phu tho", "dong nai"])
_PROVINCE_HEADS = frozenset(["tinh", "thanh pho", "tp"])


@dataclass(frozen=True, slots=True)
class Place:
    """`province`: today's province, folded (`can tho`); `name`: as said, folded; `kind`: "province" or "district"; token span inclusive.

    `merged`: the name is that of a province or district that has been joined to another since.
    """

    name: str
    kind: str
    province: str
    merged: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Unit:
    kind: str
    province: str
    merged: bool


def find_places(text: str, tokens: tuple[Token, ...], marked: bool) -> tuple[Place, ...]:
    """Places in order. Marked text: written with a capital; unmarked text: unambiguous, or after `tinh`, `tp`, `huyen`, `quan`."""
    table = _by_form() if marked else _by_folded()
    words = [token.form if marked else token.folded for token in tokens]
    found: list[Place] = []
    after = 0
    for at, word in enumerate(words):
        if at < after or word not in table.firsts:
            continue
        hit = table.longest(words, at)
        if hit is None or not _is_meant(text, tokens, at, hit[1], marked):
            continue
        unit, last = hit
        name = " ".join(token.folded for token in tokens[at : last + 1])
        found.append(Place(name, unit.kind, unit.province, unit.merged, at, last))
        after = last + 1
    return tuple(found)


def _is_meant(text: str, tokens: tuple[Token, ...], first: int, last: int, marked: bool) -> bool:
    name = " ".join(token.folded for token in tokens[first : last + 1])
    before = [" ".join(token.folded for token in tokens[max(0, first - size) : first]) for size in (1, 2)]
    if any(head in _PROVINCE_HEADS for head in before):
        return True
    if marked:
        return text[tokens[first].start].isupper() and (last == first or text[tokens[last].start].isupper())
    return last > first and name not in _OTHER_WORDS


def may_be_one(mine: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Can two names (folded syllables) be of one province: the same, or one of them joined to the other in 2025?"""
    left, right = _provinces().get(" ".join(mine)), _provinces().get(" ".join(other))
    if left is None or right is None:
        return False
    return mine == other or " ".join(mine) == right or " ".join(other) == left or (left == right and not (_is_old(mine) and _is_old(other)))


def _is_old(name: tuple[str, ...]) -> bool:
    return _provinces()[" ".join(name)] != " ".join(name)


def province_names() -> dict[str, str]:
    """Today's provinces: folded name (a `Place`'s `province`) and name as written."""
    data = json.loads(resources.files("underthesea").joinpath(*_MAPPING).read_text("utf-8"))
    names = [names["short"] for names in data["province_names"].values()]
    return {fold(_key(name)): name for name in names}


@cache
def _units() -> dict[str, _Unit]:
    """Names in lower case with diacritics. A province's name goes before a district's; a district that several provinces have is left out."""
    data = json.loads(resources.files("underthesea").joinpath(*_MAPPING).read_text("utf-8"))
    new, old = data["province_names"], data["old_province_names"]
    units: dict[str, _Unit] = {}
    for key, names in old.items():
        today = _key(new[data["province_mapping"][key]]["short"])
        units[_key(names["short"])] = _Unit("province", fold(today), _key(names["short"]) != today)
    for alias, name in _ALIASES.items():
        units.setdefault(alias, units[name])
    return units | {name: unit for name, unit in _districts(data).items() if name not in units}


def _districts(data: Mapping[str, list[dict[str, str]]]) -> dict[str, _Unit]:
    found: dict[str, set[str]] = {}
    for district, province in sorted({(ward["old_district"], ward["new_province"]) for ward in data["ward_mapping"]}):
        _, _, name = district.partition(" ")
        for head in ("xã ", "phố ", "đảo "):  # `Thị xã`, `Thành phố`
            name = name.removeprefix(head)
        found.setdefault(_key(name), set()).add(province.removeprefix("Thành phố ").removeprefix("Tỉnh "))
    return {
        name: _Unit("district", fold(_key(next(iter(provinces)))), True)
        for name, provinces in found.items()
        if len(provinces) == 1 and not name[:1].isdigit() and " " in name
    }


def _key(name: str) -> str:
    return " ".join(token.form for token in tokenize(unify_tone(nfc(name.replace("-", " ")))))


@cache
def _provinces() -> dict[str, str]:
    """Folded names of provinces, old and new, to today's province."""
    return {fold(name): unit.province for name, unit in _units().items() if unit.kind == "province"}


@cache
def _by_form() -> PhraseTable[_Unit]:
    return phrase_table(_units())


@cache
def _by_folded() -> PhraseTable[_Unit]:
    folded: dict[str, _Unit] = {}
    for name, unit in _units().items():
        folded.setdefault(fold(name), unit)
    return phrase_table(folded)
