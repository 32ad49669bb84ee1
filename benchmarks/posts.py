"""Made-up public posts: mostly chatter, some on a watched subject, few that repeat a watched claim in many spellings, and hard near-misses; the same seed gives the same.

watched claims | 1 % repeats, 0.5 % denials, 5 % near-misses, 14 % news on the same subjects, the rest chatter | each in one of many spellings

A near-miss is a watched claim with one thing changed that changes its truth: a number, a date, a place or body, the thing it is about, its direction
(`tăng`, `giảm`), a negation, a drill or proposal for the event, half of it. Where the change happens to give another watched claim, that claim is the truth.
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.generate import Slots, make_claim
from nlp.proposition import proposition
from nlp.text import CHAT, fold, nfc, tokenize

REPEATS, DENIALS, NEAR, NEWS = 0.01, 0.005, 0.05, 0.14


@dataclass(frozen=True, slots=True)
class MadePost:
    """`claim`: number of the watched claim that it repeats (`kind` "repeat") or denies ("denial"), -1 for none; `how`: what was done to it."""

    text: str
    kind: str
    claim: int
    how: str


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "posts.toml").read_text("utf-8"))


@cache
def _slots() -> dict[str, list[str]]:
    slots: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))["slots"]
    return slots


@cache
def _facts() -> list[str]:
    themes = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))["themes"]
    return [fact for theme in themes.values() for fact in theme["facts"]]


def essence(text: str) -> str:
    """Under which two wordings are one claim: folded syllables and numbers without the frame (`Nghe nói ...`)."""
    words = " ".join(token.folded for token in tokenize(nfc(proposition(text))) if token.folded != "ngay")
    return re.sub(r"\b(\d+) thang (\d+)", r"\1/\2", words)


def watched_claims(count: int, seed: int = 1) -> list[str]:
    """That many claims of eight syllables and more, none of which says all that another one says and something more."""
    rng, found, beginnings = random.Random(seed), dict[str, str](), set[str]()
    while len(found) < count:
        text = make_claim(rng).checked
        mine = essence(text)
        starts = _beginnings(mine)
        if len(proposition(text).split()) > 7 and mine not in beginnings and not any(start in found for start in starts):
            found[mine] = text
            beginnings.update(starts)
    return list(found.values())


def _beginnings(mine: str) -> list[str]:
    words = mine.split()
    return [" ".join(words[:size]) for size in range(4, len(words) + 1)]


class Stream:
    """Posts about some of the watched claims."""

    def __init__(self, claims: Sequence[str], seed: int = 7) -> None:
        self._claims = [proposition(claim) for claim in claims]
        self._number_of = {essence(claim): at for at, claim in enumerate(claims)}
        self._seed = seed

    def posts(self, count: int) -> Iterator[MadePost]:
        rng = random.Random(self._seed)
        return (self._post(rng) for _ in range(count))

    def _post(self, rng: random.Random) -> MadePost:
        kind = rng.random()
        if kind < REPEATS:
            return self._repeat(rng)
        if kind < REPEATS + DENIALS:
            at = rng.randrange(len(self._claims))
            text = rng.choice(_words()["denying"]).format(claim=_small(self._claims[at]))
            return MadePost(respell(rng, text)[0], "denial", at, "denial")
        if kind < REPEATS + DENIALS + NEAR:
            return self._near(rng)
        if kind < REPEATS + DENIALS + NEAR + NEWS:
            return MadePost(respell(rng, _around(rng, rng.choice(_facts()).format_map(Slots(rng))))[0], "news", -1, "")
        sentences = rng.sample(_words()["chatter"], rng.choice((1, 1, 2, 3)))
        return MadePost(respell(rng, ". ".join(one.format_map(Slots(rng)) for one in sentences))[0], "chatter", -1, "")

    def _repeat(self, rng: random.Random) -> MadePost:
        at = rng.randrange(len(self._claims))
        text, how = respell(rng, _around(rng, self._claims[at]))
        return MadePost(text, "repeat", at, how)

    def _near(self, rng: random.Random) -> MadePost:
        while True:
            change = rng.choice(CHANGES)
            changed = change(rng, rng.choice(self._claims))
            if changed is not None:
                break
        found = next((self._number_of[start] for start in reversed(_beginnings(essence(changed))) if start in self._number_of), -1)
        text, how = respell(rng, _around(rng, changed))
        return MadePost(text, "near" if found < 0 else "repeat", found, change.__name__ if found < 0 else how)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _around(rng: random.Random, text: str) -> str:
    before, after = rng.choice(_words()["before"]), rng.choice(_words()["after"])
    told = (_small(text) if before else text) + after
    extra = rng.random()
    chat = rng.choice(_words()["chatter"]).format_map(Slots(rng))
    whole: str = before + told + (f". {chat}" if extra < 0.1 else f"\n{chat}" if extra < 0.15 else "")
    return whole


# One thing changed.


def number(rng: random.Random, text: str) -> str | None:
    found = [
        match
        for match in re.finditer(r"(?<![\w/.,-])\d+(?:[.,]\d+)*(?![\w/-])", text)
        if not re.search(r"(?:tháng|ngày|năm) $", text[: match.start()])
    ]
    if not found:
        return None
    match, values = rng.choice(found), [value for name in ("n", "big", "decimal") for value in _slots()[name]]
    value = rng.choice([value for value in values if value != match.group()])
    return text[: match.start()] + value + text[match.end() :]


def day(rng: random.Random, text: str) -> str | None:
    found = re.search(r"(?<![\d/])(\d{1,2})(/| tháng )(\d{1,2})(?!\d)", text)
    if not found:
        return None
    other = rng.choice([one for one in _slots()["day"] if one != found[1]])
    return text[: found.start()] + other + text[found.end(1) :]


def name(rng: random.Random, text: str) -> str | None:
    pairs = [first + " " + second for first in _slots()["first"] for second in _slots()["second"] if first + " " + second in text]
    if not pairs:
        return None
    mine = rng.choice(pairs)
    while (other := f"{rng.choice(_slots()['first'])} {rng.choice(_slots()['second'])}") == mine:
        pass
    return text.replace(mine, other)


_THINGS = ("kind", "disease", "food", "fish", "crop", "chemical", "goods", "paper", "device", "waste", "vehicle")


def thing(rng: random.Random, text: str) -> str | None:
    found = [(slot, value) for slot in _THINGS for value in _slots()[slot] if re.search(rf"\b{value}\b", text, re.IGNORECASE)]
    if not found:
        return None
    slot, mine = rng.choice(found)
    other = rng.choice([value for value in _slots()[slot] if value != mine and value not in text])
    return re.sub(rf"\b{mine}\b", other, text, flags=re.IGNORECASE)


_OTHER_WAY = (
    ("tăng", "giảm"),
    ("cấm", "cho phép"),
    ("miễn phí", "thu phí"),
    ("mở", "đóng"),
    ("bắt buộc", "không bắt buộc"),
    ("ngừng", "nối lại"),
    ("bỏ", "giữ"),
    ("an toàn", "nguy hiểm"),
)


def direction(rng: random.Random, text: str) -> str | None:
    ways = [*_OTHER_WAY, *((there, here) for here, there in _OTHER_WAY)]
    found = [(here, there) for here, there in ways if re.search(rf"\b{here}\b", text)]
    if not found:
        return None
    here, there = rng.choice(found)
    return re.sub(rf"\b{here}\b", there, text, count=1)


_VERBS = (
    "chữa khỏi",
    "giúp ngừa",
    "gây",
    "tăng",
    "giảm",
    "thu",
    "cấm",
    "bị vỡ",
    "bị",
    "phát hiện",
    "yêu cầu",
    "đóng cửa",
    "ngừng",
    "miễn",
    "bắt buộc",
    "phải",
    "chứa",
    "được ghi nhận",
    "nghỉ học",
)


def negation(rng: random.Random, text: str) -> str | None:
    found = [verb for verb in _VERBS if re.search(rf"\b{verb}\b", text)]
    return re.sub(rf"\b{found[0]}\b", rng.choice(("không ", "không hề ", "chưa ")) + found[0], text, count=1) if found else None


def drill(rng: random.Random, text: str) -> str | None:
    return str(rng.choice(_words()["drills"])) + _small(text)


def half(rng: random.Random, text: str) -> str | None:
    words = text.split()
    cut = len(words) // 2
    kept = words[:cut] if rng.random() < 0.5 else words[cut:]
    return " ".join(kept) + ", " + rng.choice(_facts()).format_map(Slots(rng))


CHANGES: tuple[Callable[[random.Random, str], str | None], ...] = (number, number, day, name, name, thing, thing, direction, negation, drill, half)


# The same words in other spellings.

_SHORT = {
    written: short
    for short, written in CHAT.items()
    if len(short) > 1 and short not in ("kg", "hong", "hông", "kh", "nghe ns", "ca", "ph", "wa", "gd")
}
_FIGURES = {"2": "hai", "3": "ba", "5": "năm", "6": "sáu", "7": "bảy", "8": "tám", "10": "mười", "12": "mười hai", "20": "hai mươi"}


def bare(rng: random.Random, text: str) -> str:
    return "".join(_bare_letter(char) for char in text)


def _bare_letter(char: str) -> str:
    plain = fold(char)
    return plain.upper() if char.isupper() else plain


def decomposed(rng: random.Random, text: str) -> str:
    return unicodedata.normalize("NFD", text)


def new_tone(rng: random.Random, text: str) -> str:
    return re.sub(r"(?<![qQ])([òóỏõọ])([ae])\b|(?<![qQ])([ùúủũụ])y\b", _move, text)


def _move(found: re.Match[str]) -> str:
    first, second = found[0][0], found[0][1]
    mark = unicodedata.normalize("NFD", first)[1:]
    return unicodedata.normalize("NFD", first)[0] + unicodedata.normalize("NFC", second + mark)


def chat(rng: random.Random, text: str) -> str:
    for written, short in _SHORT.items():
        if rng.random() < 0.7:
            text = re.sub(rf"\b{written}\b", short, text)
    return text + " mn"


def shouted(rng: random.Random, text: str) -> str:
    return text.upper()


def stretched(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    if words[at][-1:].isalpha():
        words[at] += words[at][-1] * rng.randint(2, 5)
    return " ".join(words)


def decorated(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(rng.randint(1, 3)):
        words.insert(rng.randrange(len(words) + 1), rng.choice(_words()["emoji"]))
    return (" " if rng.random() < 0.8 else "").join((" ".join(words), rng.choice(_words()["emoji"])))


def tagged(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    at = rng.randrange(max(1, len(words) - 2))
    if all(word.isalpha() for word in words[at : at + 2]):
        words[at : at + 2] = ["#" + "".join(word.capitalize() for word in words[at : at + 2])]
    return " ".join(words)


def figures(rng: random.Random, text: str) -> str:
    text = re.sub(r"\b(\d+)\.000 đồng\b", rng.choice((r"\1k", r"\1 nghìn đồng", r"\g<1>000 đồng", r"\1 ngàn", r"\1.000đ")), text)
    text = re.sub(r"(?<![\d,.])(\d+) triệu đồng\b", rng.choice((r"\1 triệu", r"\1tr", r"\1.000.000 đồng", r"\1 củ")), text)
    text = re.sub(r"(\d)%", rng.choice((r"\1 %", r"\1 phần trăm")), text)
    text = re.sub(r"\b(\d{1,2})/(\d{1,2})/(\d{4})", rng.choice((r"\1-\2-\3", r"\1.\2.\3", r"\1 tháng \2 năm \3")), text)
    text = re.sub(r"\b(\d{1,2})/(\d{1,2})(?![\d/])", rng.choice((r"\1-\2", r"\1/\2", r"\1 tháng \2")), text)
    if rng.random() < 0.5:
        text = re.sub(r"(?<![\w/.,-])(\d+)(?= (?:ngày|người|tuổi|ca|năm|giờ|hộ|lần)\b)", lambda found: _FIGURES.get(found[1], found[1]), text)
    return text


def hidden(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + "\u200b" + text[at:]


def unpunctuated(rng: random.Random, text: str) -> str:
    return re.sub(r"(?<!\d)[.,:;!](?!\d)", "", text)


SPELLINGS: tuple[tuple[float, Callable[[random.Random, str], str]], ...] = (
    (0.25, figures), (0.15, chat), (0.1, new_tone), (0.06, stretched), (0.1, decorated), (0.04, tagged), (0.1, unpunctuated), (0.22, bare), (0.05, shouted), (0.02, hidden), (0.05, decomposed),
)  # fmt: skip


def respell(rng: random.Random, text: str) -> tuple[str, str]:
    """The text in a spelling of its own, and which ways it was changed."""
    used = []
    for share, spelling in SPELLINGS:
        if rng.random() < share:
            text = spelling(rng, text)
            used.append(spelling.__name__)
    return text, " ".join(used)
