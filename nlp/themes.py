"""Which of the eleven themes a statement belongs to, if any: a word list, counted openly.

tokens | longest phrases | halve what is doubtful | sum per theme | damp long texts | lead or None

`nlp/data/themes.txt` holds the phrases with their weights; nothing here is learnt, nothing judges how a thing is said, and what
lies outside the themes has no score of its own: its words only keep a stray syllable from counting.
"""

import math
from dataclasses import dataclass
from functools import cache

from kiemtin.domain.scope import Theme
from nlp.resources import read_lines
from nlp.text import Token, fold, nfc, tokenize

MAX_SYLLABLES = 5
THRESHOLD = 2.0
EVERY_THEME = "*"

# Equal scores go to the theme that stands first. The narrow ones come before the wide ones: a scam is told in the words of banks, a paper and
# its fee in those of money, a flood in those of rivers, a lesson in those of whatever is taught; and nearly everything is done with a telephone.
SPECIFICITY: tuple[Theme, ...] = (
    Theme.SCAMS,
    Theme.DISASTER,
    Theme.EDUCATION,
    Theme.PUBLIC_SERVICES,
    Theme.FOOD_FISHERIES,
    Theme.HEALTH,
    Theme.TRANSPORT,
    Theme.TOURISM_CULTURE,
    Theme.ENVIRONMENT,
    Theme.ECONOMY,
    Theme.SCIENCE_TECH,
)
# `cho học sinh nghỉ học vì mưa lũ` is about schools: what directly follows one of these names the cause, and counts half.
_CAUSE = frozenset({"vì", "do", "bởi", "vi", "boi"})
# A scam borrows the words of whatever it imitates (a bank, a hospital, a school): once it is certain, its own words count more.
_SCAMS = SPECIFICITY.index(Theme.SCAMS)
_CERTAIN = 3.0
_BORROWED = 1.5
# A statement is about this many tokens long; an article gathers stray words as it goes on, so its score shrinks.
_STATEMENT = 60

_Votes = tuple[tuple[int, float], ...]


@dataclass(slots=True)
class _Node:
    """One syllable on the way through a phrase; `votes` (theme's number, weight) where a phrase ends here."""

    next: dict[str, "_Node"]
    votes: _Votes = ()


@dataclass(frozen=True, slots=True)
class _Tries:
    marked: dict[str, _Node]
    unmarked: dict[str, _Node]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line of the word list. `theme` None: it speaks against every theme. `clear`: unambiguous without diacritics."""

    theme: Theme | None
    weight: float
    text: str
    clear: bool


def read_phrase(line: str) -> Phrase:
    """`theme<TAB>weight<TAB>phrase`, with `!` after an unambiguous single syllable; raises ValueError on anything else."""
    theme, weight, phrase = line.split("\t")
    text = phrase.removesuffix("!")
    return Phrase(None if theme == EVERY_THEME else Theme(theme), float(weight), text, phrase.endswith("!") or " " in text)


@cache
def phrases() -> tuple[Phrase, ...]:
    """The bundled word list."""
    return tuple(read_phrase(line) for line in read_lines("themes.txt"))


@cache
def _tries() -> _Tries:
    marked: dict[str, _Node] = {}
    unmarked: dict[str, _Node] = {}
    for phrase in phrases():
        words = [_stem(token.form) for token in tokenize(nfc(phrase.text))]
        _add(marked, words, phrase, phrase.weight)
        # Without diacritics a single syllable may be five words: it only hints, for or against.
        _add(unmarked, [fold(word) for word in words], phrase, phrase.weight if phrase.clear else phrase.weight / 2)
    return _Tries(marked, unmarked)


def _add(roots: dict[str, _Node], words: list[str], phrase: Phrase, weight: float) -> None:
    level = roots
    for word in words:
        node = level.setdefault(word, _Node({}))
        level = node.next
    named = SPECIFICITY if phrase.theme is None else (phrase.theme,)
    votes = dict(node.votes)
    for theme in named:
        number = SPECIFICITY.index(theme)
        votes[number] = max(votes.get(number, weight), weight)  # two words may share one unmarked spelling
    node.votes = tuple(votes.items())


def _stem(form: str) -> str:
    """An English plural as its singular. No Vietnamese syllable ends in `s`."""
    return form[:-1] if form[-1] == "s" and len(form) > 3 and form[-2] != "s" else form  # noqa: PLR2004


def score_themes(tokens: tuple[Token, ...], marked: bool) -> dict[Theme, float]:
    """How strongly a text speaks of each theme; themes that nothing speaks for are left out.

    Each phrase counts once, the longest at its place. `marked`: written with diacritics; English may come either way.
    """
    spelled = [token.form if marked else token.folded for token in tokens]
    words = [_stem(word) if word[-1] == "s" else word for word in spelled]
    found = _find(tokens, words, _tries().marked if marked else _tries().unmarked)
    sums = [0.0] * len(SPECIFICITY)
    for votes, share in found.values():
        for number, weight in votes:
            sums[number] += weight * share
    if sums[_SCAMS] >= _CERTAIN:
        sums[_SCAMS] *= _BORROWED
    damping = math.sqrt(_STATEMENT / max(_STATEMENT, len(tokens)))
    return {theme: round(total * damping, 3) for theme, total in zip(SPECIFICITY, sums, strict=True) if total > 0}


def _find(tokens: tuple[Token, ...], words: list[str], roots: dict[str, _Node]) -> dict[int, tuple[_Votes, float]]:
    """Each phrase found, under its node's identity: its votes, and the share at which they count."""
    found: dict[int, tuple[_Votes, float]] = {}
    index, size = 0, len(words)
    while index < size:
        node = roots.get(words[index])
        if node is None:
            index += 1
            continue
        at, best, after = index, None, index + 1
        while node is not None:
            at += 1
            if node.votes:
                best, after = node, at
            node = node.next.get(words[at]) if at < size and tokens[at].start - tokens[at - 1].end <= 1 else None  # no phrase across a comma
        if best is not None:
            share = 0.5 if index and words[index - 1] in _CAUSE else 1.0
            if share == 1.0 or id(best) not in found:
                found[id(best)] = (best.votes, share)
        index = after
    return found


def theme_of(tokens: tuple[Token, ...], marked: bool) -> Theme | None:
    """The theme a text belongs to; None, the usual answer, unless one scores 2 or more. Ties go by SPECIFICITY."""
    scores = score_themes(tokens, marked)
    if not scores:
        return None
    best = max(scores.values())
    if best < THRESHOLD:
        return None
    return next(theme for theme in SPECIFICITY if scores.get(theme) == best)
