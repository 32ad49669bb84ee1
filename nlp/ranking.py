"""Which of many published checks a message or a longer text is about, best first: found by shared words, then weighed by a few plain features.

text | words (stemmed), neighbouring pairs, figures, names, the day it was written | BM25 finds 150 | linear weights order them

Made for texts that quote, joke and sign (`— Name, January 28, 2021`): what is said and who signs are looked at separately.
Works on any language; English words are stemmed, Vietnamese ones folded.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from nlp.dates import find_dates
from nlp.resources import load_artefact
from nlp.text import fold, nfc, tokenize

RANKING = "ranking/weights.json"
_CANDIDATES = 150
_K1, _B = 1.2, 0.75  # Robertson and Zaragoza (2009), the usual values
_LINK = re.compile(r"https?://\S+|\b(?:pic\.twitter|[\w-]+\.(?:com|org|net|co|vn))\S*/\S*|\bpic\.twitter\.com\S*", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_LETTERS = re.compile(r"(?<!^)(?<![.!?] )\b[^\W\d_]{3,}")
_SIGN = "— "
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "by",
        "for",
        "from",
        "with",
        "and",
        "or",
        "that",
        "this",
        "it",
        "its",
        "as",
        "will",
        "has",
        "have",
        "had",
        "not",
        "no",
        "do",
        "does",
        "did",
        "their",
        "they",
        "he",
        "she",
        "you",
        "we",
        "i",
        "his",
        "her",
        "our",
        "your",
        "my",
        "me",
        "him",
        "them",
        "us",
        "if",
        "so",
        "but",
        "about",
        "into",
        "than",
        "then",
        "there",
        "here",
        "what",
        "which",
        "who",
        "whom",
        "when",
        "where",
        "why",
        "how",
        "all",
        "any",
        "both",
        "each",
        "more",
        "most",
        "other",
        "some",
        "such",
        "only",
        "own",
        "same",
        "too",
        "very",
        "can",
        "just",
        "should",
        "now",
        "also",
        "after",
        "before",
        "during",
        "over",
        "under",
        "again",
        "out",
        "up",
        "down",
        "off",
        "between",
        "because",
        "until",
        "while",
    ]
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text as far as ranking looks at it. `day`: the last full date that it names, as a proleptic ordinal."""

    words: tuple[str, ...]
    figures: frozenset[str]
    names: frozenset[str]
    day: int | None

    @property
    def pairs(self) -> list[str]:
        return [f"{left} {right}" for left, right in pairwise(self.words)]


@dataclass(frozen=True, slots=True)
class Filed:
    """A published check: the claim, its headline, a line more about it ("" if none), and the day it came out, as an ordinal."""

    id: str
    claim: str
    headline: str = ""
    more: str = ""
    day: int | None = None


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word)) if word.isascii() else fold(word)


@cache
def _stemmer() -> Any:
    from snowballstemmer import stemmer

    return stemmer("english")


def words_of(text: str) -> tuple[str, ...]:
    """Stems and folded syllables of a text in order, English function words left out."""
    plain = (word.replace("’", "'").partition("'")[0] for word in _WORD.findall(nfc(text).lower()))
    return tuple(_stem(word) for word in plain if word and word not in _FUNCTION_WORDS)


def sheet(text: str) -> Sheet:
    return Sheet(words_of(text), frozenset(re.findall(r"\d+", text)), names_of(text), day_of(text))


def names_of(text: str) -> frozenset[str]:
    """Words of three letters and more with a capital that begin no sentence, in small letters."""
    return frozenset(word.lower() for word in _LETTERS.findall(nfc(text)) if word[0].isupper())


def day_of(text: str) -> int | None:
    """The last day with its month and year that a text names, as `date.toordinal()`; None where it names none."""
    for found in reversed(find_dates(tokenize(nfc(text)))):
        if found.day and found.month and found.year and not found.lunar:
            try:
                return date(found.year, found.month, found.day).toordinal()
            except ValueError:
                continue
    return None


def split_signed(text: str) -> tuple[str, str]:
    """A message as what it says and how it is signed (`— Name (@name) January 28, 2021`), links dropped, `#GluedWords` parted."""
    plain = _GLUED.sub(" ", re.sub(r"[#@_]", " ", _LINK.sub(" ", nfc(text))))
    said, _, sign = plain.rpartition(_SIGN)
    return (said, sign) if said else (plain, "")


class _Field:
    """One field of all filed checks: BM25 scores, and the weight of the words that a query shares with each."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._filed: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.idf: dict[str, float] = {}
        self._sets = [frozenset(words) for words in documents]
        average = sum(map(len, documents)) / max(len(documents), 1) or 1.0
        for at, words in enumerate(documents):
            norm = _K1 * (1 - _B + _B * len(words) / average)
            for word, times in Counter(words).items():
                self._filed[word].append((at, times * (_K1 + 1) / (times + norm)))
        for word, places in self._filed.items():
            self.idf[word] = math.log(1 + (len(documents) - len(places) + 0.5) / (len(places) + 0.5))
        self._own = [self._sum(words) for words in self._sets]

    def _sum(self, words: Iterable[str]) -> float:
        return sum(self.idf[word] for word in sorted(words) if word in self.idf)

    def scores(self, words: Iterable[str]) -> dict[int, float]:
        found: dict[int, float] = defaultdict(float)
        for word in sorted(set(words)):
            for at, weight in self._filed.get(word, ()):
                found[at] += weight * self.idf[word]
        return found

    def shares(self, words: frozenset[str], at: int) -> tuple[float, float]:
        """The weight shared with one check, as shares of the query's and of the check's own."""
        shared = self._sum(words & self._sets[at])
        return shared / (self._sum(words) or 1.0), shared / (self._own[at] or 1.0)


class Shelf:
    """All filed checks, ready to be ranked for one text after another."""

    def __init__(self, filed: Sequence[Filed]) -> None:
        self._ids = [one.id for one in filed]
        self._days = [one.day for one in filed]
        claims = [words_of(one.claim) for one in filed]
        headlines = [words_of(one.headline) for one in filed]
        more = [words_of(one.more) for one in filed]
        whole = [(*claim, *headline, *rest) for claim, headline, rest in zip(claims, headlines, more, strict=True)]
        self._fields = {
            "claim": _Field(claims),
            "headline": _Field(headlines),
            "more": _Field(more),
            "both": _Field([(*claim, *headline) for claim, headline in zip(claims, headlines, strict=True)]),
            "whole": _Field(whole),
            "pairs": _Field([_pairs(claim) + _pairs(headline) + _pairs(rest) for claim, headline, rest in zip(claims, headlines, more, strict=True)]),
        }
        self._figures = [frozenset(re.findall(r"\d+", f"{one.claim} {one.headline}")) for one in filed]
        self._names = [names_of(f"{one.claim} {one.more}") for one in filed]

    def candidates(self, text: str) -> list[tuple[str, list[float]]]:
        """The ids of at most 150 checks that share most words with a text, with their features; most shared first."""
        said, sign = split_signed(text)
        query, signed = sheet(said), frozenset(words_of(sign))
        queries = {name: (*query.words, *sorted(signed)) for name in self._fields} | {"pairs": tuple(query.pairs)}
        scores = {name: field.scores(queries[name]) for name, field in self._fields.items()}
        total = {at: score + 0.5 * scores["both"].get(at, 0.0) for at, score in scores["whole"].items()}
        best = sorted(total, key=lambda at: (-total[at], self._ids[at]))[:_CANDIDATES]
        tops = {name: max((found.get(at, 0.0) for at in best), default=0.0) or 1.0 for name, found in scores.items()}
        day = day_of(text)
        names = query.names | names_of(f". {sign}")
        return [
            (
                self._ids[at],
                [
                    *(
                        value
                        for name in self._fields
                        for value in self._shared(name, frozenset(queries[name]), at, scores[name].get(at, 0.0), tops[name])
                    ),
                    self._fields["whole"].shares(frozenset(query.words), at)[0],
                    self._fields["whole"].shares(signed, at)[0],
                    total[at] / (total[best[0]] or 1.0),
                    1 / (1 + rank),
                    *_days(day, self._days[at]),
                    len(query.figures & self._figures[at]),
                    len(self._figures[at] - query.figures),
                    len(names & self._names[at]),
                    len(names & self._names[at]) / (1 + len(self._names[at])),
                ],
            )
            for rank, at in enumerate(best)
        ]

    def _shared(self, name: str, words: frozenset[str], at: int, score: float, top: float) -> tuple[float, ...]:
        return (score / 10, *self._fields[name].shares(words, at), score / top)

    def rank(self, text: str) -> list[str]:
        """The ids of the checks that a text may be about, best first."""
        found = self.candidates(text)
        if not found:
            return []
        model = _model()
        values = np.array([features for _, features in found]) @ model
        return [found[at][0] for at in sorted(range(len(found)), key=lambda at: (-values[at], at))]


FIELDS = ("claim", "headline", "more", "both", "whole", "pairs")
FEATURES = (
    *(f"{field}_{kind}" for field in FIELDS for kind in ("score", "of_text", "of_check", "of_best")),
    "said_of_text", "signed_of_text", "of_best", "rank",
    "same_week", "same_month", "same_season", "much_older", "days", "no_day",
    "figures_shared", "figures_missing", "names_shared", "names_share",
)  # fmt: skip


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{left} {right}" for left, right in pairwise(words)]


def _days(text: int | None, check: int | None) -> tuple[float, ...]:
    """A check comes out some days after what it checks: by how many, in steps."""
    if text is None or check is None:
        return (0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    gap = check - text
    return (float(-3 <= gap <= 7), float(-3 <= gap <= 30), float(-10 <= gap <= 120), float(gap < -30), min(abs(gap), 2000) / 1000, 0.0)  # noqa: PLR2004


@cache
def _model() -> Any:
    weights: Mapping[str, float] = load_artefact(RANKING)["weights"]
    return np.array([weights[name] for name in FEATURES])
