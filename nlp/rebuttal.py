"""Does a story set a claim right, by the way it is told? Learnt from stories that repeat a claim and stories that deny it.

    the title and the sentences around the passage | the claim's own words and all names masked | n-grams | logistic regression

It catches denials without a denying word (`18 mẫu đều đạt`, `cầu vẫn thông xe`), which the cues of `nlp.denial` cannot see.
It never opens an alert: it only takes away links. What the claim is about is masked, so that no subject counts for or against.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from nlp.profile import Profile
from nlp.resources import load_artefact
from nlp.sentences import Reading

LONGEST = 3
_AROUND = 2  # sentences before and after the passage
_CLAIM, _FIGURE = "_", "0"


@dataclass(frozen=True, slots=True)
class _Style:
    bias: float
    weights: dict[str, float]
    threshold: float


@cache
def _style() -> _Style:
    artefact = load_artefact("rebuttal/weights.json")
    return _Style(artefact["bias"], artefact["weights"], artefact["threshold"])


def sets_right(reading: Reading, at: int, claim: Profile) -> bool:
    """Is the claim likely set right around this passage (-1: the title)? Always False for text without diacritics."""
    return bool(reading.marked) and denial_probability(reading, at, claim) >= _style().threshold


def denial_probability(reading: Reading, at: int, claim: Profile) -> float:
    """0..1; 0.5 is as likely a denial as a repeat."""
    style = _style()
    total = style.bias + sum(style.weights.get(gram, 0.0) for gram in story_grams(reading, at, claim))
    return 1.0 / (1.0 + math.exp(-total))


def story_grams(reading: Reading, at: int, claim: Profile) -> frozenset[str]:
    """The n-grams of the title and of the sentences around a passage, masked by the claim."""
    first = max(at - _AROUND, 0)
    return frozenset(grams([reading.title, *reading.profiles[first : max(at, 0) + _AROUND + 1]], claim))


def grams(passages: Iterable[Profile], claim: Profile) -> Iterator[str]:
    """Runs of one to three syllables in which something other than the claim, a name or a figure stands."""
    own = {syllable for term in claim.terms for syllable in term.form.split()}
    for passage in passages:
        named = {at for name in passage.names for at in range(name.first, name.last + 1)}
        words = [_masked(token.form, at in named or token.form in own) for at, token in enumerate(passage.tokens)]
        for size in range(1, LONGEST + 1):
            for start in range(len(words) - size + 1):
                run = words[start : start + size]
                if any(word not in (_CLAIM, _FIGURE) for word in run):
                    yield " ".join(run)


def _masked(form: str, is_own: bool) -> str:
    if is_own:
        return _CLAIM
    return _FIGURE if form[0].isdigit() else form
