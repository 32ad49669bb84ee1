"""Does a passage support a statement, refute it, or not say enough? Decided on what the passage changes in it.

statement | lay over the passage (nlp.alignment) | what is left uncovered: figures, names, negations, words put in another's place | kernel regression

Two models: for evidence that somebody picked out, and for a whole text, of which the sentences that bear on the statement are picked
first. "Not enough" is the usual answer and the one that is meant where the model is unsure: see `Verdict.sure`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from nlp.alignment import Alignment, Change, align
from nlp.compare import Comparison, compare
from nlp.concepts import Pole, concepts, find_contrasts, find_poles
from nlp.kernel import kernel_model
from nlp.profile import Profile, profile
from nlp.sentences import Reading
from nlp.text import Token, same_spelling
from nlp.vectors import word_vector
from nlp.weights import is_verb, term_weights

SUPPORTED, REFUTED, NOT_ENOUGH = 0, 1, 2
ALERT = "alert"
EVIDENCE, DOCUMENT = "verdict/evidence.npz", "verdict/document.npz"
_FIGURE = 0.6  # what a figure weighs beside words of 0..1
_LIGHT = 0.15  # below it a word carries grammar more than meaning
_SHORT, _PLACE = 6, 3  # syllables of a replacement; of one that puts a word in another's place
_NEGATORS = frozenset(["không", "chưa", "chẳng", "chả", "đừng", "khong", "chua", "chang", "not", "no", "never"])
_ONLY = frozenset(["chỉ", "duy", "only"])
_WHOLE = frozenset(["nhất", "đầu", "toàn", "mọi", "tất", "luôn", "hoàn", "all", "every", "always", "first", "most"])
_DEGREE = frozenset(
    ["chỉ", "duy", "toàn", "bộ", "tất", "cả", "mọi", "mỗi", "hoàn", "luôn", "nhất", "đầu", "cuối", "rất", "ít", "nhiều", "hầu", "hết"]
)
_LINKING = frozenset(["nhưng", "tuy", "dù", "mặc", "song", "vì", "do", "nên", "bởi", "để", "nhằm", "khiến", "giúp"])
_MAX_SENTENCES = 3
_AGAIN, _NEIGHBOUR, _LEAST_GAIN = 0.25, 1.15, 0.12  # how sentences are picked: words said before count a quarter; neighbours a little more


@dataclass(frozen=True, slots=True)
class Verdict:
    """`probabilities` of supported, refuted, not enough; `sure`: refuted at the threshold for alerts (see the model's card)."""

    probabilities: tuple[float, float, float]
    sure: bool

    @property
    def label(self) -> int:
        return max(range(3), key=lambda at: self.probabilities[at])


_SAYS_NOTHING = Verdict((0.0, 0.0, 1.0), False)  # a statement without words can be held against nothing


@dataclass(frozen=True, slots=True)
class Picked:
    """The sentences of a text that bear on a statement: as one passage, the first one picked, and how much of it they say."""

    passage: Profile
    first: Profile
    sentences: tuple[int, ...]
    shares: dict[str, float]


def judge_evidence(statement: str, evidence: str) -> Verdict:
    """A statement against evidence that somebody picked out for it."""
    said = profile(statement, True)
    return _verdict(EVIDENCE, features(said, profile(evidence, True))) if said.tokens else _SAYS_NOTHING


def judge_document(statement: str, text: str) -> Verdict:
    """A statement against a whole text."""
    said = profile(statement, True)
    return _verdict(DOCUMENT, document_features(said, Reading("", text))) if said.tokens else _SAYS_NOTHING


def _verdict(name: str, found: dict[str, float]) -> Verdict:
    model = kernel_model(name)
    supported, refuted, not_enough = map(float, model.probabilities([found])[0])
    return Verdict((supported, refuted, not_enough), refuted >= model.thresholds[ALERT])


def features(statement: Profile, passage: Profile, comparison: Comparison | None = None) -> dict[str, float]:
    """Everything the decision looks at, by name. `comparison`: where it has been made already."""
    return laid_over(statement, passage) | _compared(comparison or compare(statement, passage))


def laid_over(statement: Profile, passage: Profile) -> dict[str, float]:
    """What the passage leaves of the statement, by name."""
    laid = _Laid(statement, passage, align(statement, passage))
    return {**_cover(laid), **_runs(laid), **_figures(laid), **_turns(laid), **_novel(laid), **_places(laid)}


def document_features(statement: Profile, text: Reading) -> dict[str, float]:
    """The same for the sentences picked from a text, and how the rest of it bears on the statement."""
    picked = pick_sentences(statement, text)
    found = features(statement, picked.passage) | picked.shares
    first = features(statement, picked.first)
    found |= {
        f"first_{name}": first[name] for name in ("covered", "longest", "lost", "apart", "figures_lost", "order", "replaced", "replaced_weight")
    }
    return found | _elsewhere(statement, picked.passage, text)


def pick_sentences(statement: Profile, text: Reading) -> Picked:
    """At most three sentences, each adding most of the statement's words that the ones before lack."""
    weights: dict[str, float] = {}
    for token in statement.tokens:
        if (weight := _weight(token)) > 0:
            weights[token.form] = max(weights.get(token.form, 0.0), weight)
    total = sum(weights.values()) or 1.0
    held = [frozenset(weights) & {token.form for token in part.tokens} for part in text.profiles]
    chosen: list[int] = []
    said: set[str] = set()
    for _ in range(min(_MAX_SENTENCES, len(held))):
        best = max((at for at in range(len(held)) if at not in chosen), key=lambda at: (_gain(held[at], said, weights, chosen, at), -at))
        if chosen and sum(weights[word] for word in held[best] - said) / total < _LEAST_GAIN:
            break
        chosen.append(best)
        said |= held[best]

    def share(words: Iterable[str]) -> float:
        return sum(weights[word] for word in words) / total

    shares = {
        "text_says": share(frozenset().union(*held)),
        "picked": float(len(chosen)),
        "first_says": share(held[chosen[0]] if chosen else ()),
        "picked_say": share(said),
        "place": chosen[0] / max(len(held), 1) if chosen else 0.0,
    }
    passage = " ".join(text.sentences[at].text for at in sorted(chosen))
    return Picked(profile(passage, True), text.profiles[chosen[0]] if chosen else profile("", True), tuple(sorted(chosen)), shares)


def _gain(words: frozenset[str], said: set[str], weights: dict[str, float], chosen: Sequence[int], at: int) -> float:
    gain = sum(weights[word] for word in words - said) + _AGAIN * sum(weights[word] for word in words)
    return gain * (_NEIGHBOUR if any(abs(at - other) <= 1 for other in chosen) else 1.0)


def _weight(token: Token) -> float:
    return _FIGURE if _is_figure(token) else term_weights().by_form.get(token.form, 1.0)


def _is_figure(token: Token) -> bool:
    return token.form[0].isdigit()


class _Laid:
    """A statement laid over a passage, with what every group of features needs."""

    def __init__(self, statement: Profile, passage: Profile, alignment: Alignment) -> None:
        self.statement, self.passage, self.alignment = statement, passage, alignment
        self.mine, self.theirs = statement.tokens, passage.tokens
        self.weights = [_weight(token) for token in self.mine]
        self.uncovered = [at for at in range(len(self.mine)) if at not in alignment.covered]
        self.said = frozenset(same_spelling(token.form) for token in self.theirs)
        self.new = [at for at in self.uncovered if same_spelling(self.mine[at].form) not in self.said]

    @cached_property
    def replaced(self) -> list[Change]:
        """Short runs that stand in the place of other short runs."""
        return [change for change in self.alignment.changes if change.instead and 0 < _width(change) <= _SHORT and change.size <= _SHORT]

    @cached_property
    def inner_gaps(self) -> list[int]:
        """The passage's uncovered places between its covered ones."""
        used = self.alignment.used
        return [at for at in range(min(used), max(used)) if at not in used] if used else []

    @cached_property
    def vectors(self) -> Any:
        """The unit vectors of the passage's words that have one, (n, d); None where none has."""
        found = [vector for token in self.theirs if (vector := word_vector(token.form)) is not None]
        return np.stack(found) if found else None

    def weight(self, change: Change) -> float:
        return sum(self.weights[change.first : change.last + 1])

    def own(self, change: Change) -> tuple[Token, ...]:
        return self.mine[change.first : change.last + 1]

    def other(self, change: Change) -> tuple[Token, ...]:
        return self.theirs[slice(*change.instead)] if change.instead else ()

    def is_capital(self, at: int) -> bool:
        """Capitalised, and not as the statement's first word."""
        return at > 0 and self.statement.text[self.mine[at].start].isupper()


def _width(change: Change) -> int:
    return change.instead[1] - change.instead[0] if change.instead else 0


def _cover(laid: _Laid) -> dict[str, float]:
    size = max(len(laid.mine), 1)
    covered = laid.alignment.covered
    return {
        "covered": sum(laid.weights[at] for at in covered) / (sum(laid.weights) or 1.0),
        "covered_share": len(covered) / size,
        "size": min(size, 80) / 40,
        "order": laid.alignment.order,
        "tiles": len(laid.alignment.tiles) / size,
        "passage_size": len(laid.theirs) / size,
        "passage_more": sum(_weight(laid.theirs[at]) for at in laid.inner_gaps),
        "quotes": float('"' in laid.statement.text or "“" in laid.statement.text),
    }


def _runs(laid: _Laid) -> dict[str, float]:
    changes = laid.alignment.changes
    put_in = [change for change in changes if change.instead and not _width(change)]
    apart = [change for change in changes if change.instead is None or _width(change) > _SHORT]
    at_end = [change for change in changes if change.last == len(laid.mine) - 1]
    at_start = [change for change in changes if change.first == 0]
    return {
        "changes": min(len(changes), 10),
        "longest": max((change.size for change in changes), default=0),
        "longest_weight": max((laid.weight(change) for change in changes), default=0.0),
        "lost": sum(laid.weight(change) for change in changes),
        "end_weight": sum(laid.weight(change) for change in at_end),
        "end_size": sum(change.size for change in at_end),
        "start_weight": sum(laid.weight(change) for change in at_start),
        "replaced": len(laid.replaced),
        "replaced_weight": sum(laid.weight(change) for change in laid.replaced),
        "put_in": len(put_in),
        "put_in_weight": sum(laid.weight(change) for change in put_in),
        "put_in_longest": max((change.size for change in put_in), default=0),
        "apart": sum(laid.weight(change) for change in apart),
        "apart_longest": max((change.size for change in apart), default=0),
        "one_change": float(sum(laid.weight(change) > _LIGHT for change in changes) == 1),
        "no_change": float(not any(laid.weight(change) > _LIGHT for change in changes)),
    }


def _figures(laid: _Laid) -> dict[str, float]:
    mine, theirs = laid.statement.quantities, laid.passage.quantities
    spare = [other for other in theirs if not any(other.unit == one.unit and other.value == one.value for one in mine)]
    agree = [one for one in mine if any(one.value == other.value for other in theirs)]
    against = [one for one in mine if one not in agree and any(one.unit == other.unit and one.noun == other.noun for other in spare)]
    own = {token.form for token in laid.mine}
    new = [at for at in laid.new if _is_figure(laid.mine[at])]
    beside = [pair for pair in pairwise(laid.theirs) if any(_is_figure(token) and token.form not in own for token in pair)]
    beside_words = {(left.form, 0) for left, right in beside if _is_figure(right)} | {(right.form, 1) for left, right in beside if _is_figure(left)}
    return {
        "figures": min(sum(map(_is_figure, laid.mine)), 6),
        "figures_lost": sum(_is_figure(laid.mine[at]) for at in laid.uncovered),
        "figures_new": len(new),
        "figures_other": sum(bool(_beside(laid.mine, at) & beside_words) for at in new),
        "figures_replaced": sum(any(map(_is_figure, laid.own(change))) and any(map(_is_figure, laid.other(change))) for change in laid.replaced),
        "quantities_agree": len(agree),
        "quantities_against": len(against),
        "quantities_missing": len(mine) - len(agree) - len(against),
    }


def _beside(tokens: Sequence[Token], at: int) -> set[tuple[str, int]]:
    """The words before (0) and after (1) a figure: `400 tỉ` against `800 tỉ`."""
    before = {(tokens[at - 1].form, 0)} if at else set()
    return before | ({(tokens[at + 1].form, 1)} if at + 1 < len(tokens) else set())


def _turns(laid: _Laid) -> dict[str, float]:
    """Words that turn a statement round."""
    mine, theirs = [token.form for token in laid.mine], [token.form for token in laid.theirs]
    own = [at for at in laid.uncovered if mine[at] in _NEGATORS]
    other = [at for at in range(len(theirs)) if theirs[at] in _NEGATORS and at not in laid.alignment.used]
    between = [at for at in laid.inner_gaps if theirs[at] in _NEGATORS]
    poles, other_poles = find_poles(mine, True), find_poles(theirs, True)
    return {
        "negators": len(own),
        "negators_there": len(between),
        "negation_differs": float(bool(own) != bool(between)),
        "negated_here": float(bool(own) and not other),
        "negated_there": float(bool(between) and not own),
        "only": float(any(mine[at] in _ONLY for at in laid.uncovered) and not _ONLY & set(theirs)),
        "whole": float(any(mine[at] in _WHOLE and mine[at] not in theirs for at in laid.uncovered)),
        "degrees": sum(mine[at] in _DEGREE for at in laid.uncovered),
        "linking": sum(mine[at] in _LINKING for at in laid.uncovered),
        "linking_share": sum(word in _LINKING for word in mine) / max(len(mine), 1),
        "opposed": float(any(_turned(pole) in other_poles and pole not in other_poles and _turned(pole) not in poles for pole in poles)),
        "opposed_in_place": sum(_is_turned(laid.own(change), laid.other(change)) for change in laid.replaced),
    }


def _turned(pole: Pole) -> Pole:
    return Pole(pole.pair, 1 - pole.side)


def _is_turned(own: Sequence[Token], other: Sequence[Token]) -> bool:
    left, right = [token.form for token in own], [token.form for token in other]
    return any(_turned(pole) in find(right) for find in (lambda words: find_poles(words, True), find_contrasts) for pole in find(left))


def _novel(laid: _Laid) -> dict[str, float]:
    """What the statement says and the passage does not, in any place."""
    new = set(laid.new)
    runs = _as_runs(laid.new)
    unknown = [term for term in laid.statement.terms if new & set(range(term.first, term.last + 1)) and term.concept not in laid.passage.concepts]
    near = [_nearest(laid, at) for at in laid.new if laid.weights[at] >= _LIGHT and not _is_figure(laid.mine[at])]
    known = [value for value in near if value is not None]
    return {
        "new_weight": sum(laid.weights[at] for at in laid.new),
        "moved_weight": sum(laid.weights[at] for at in laid.uncovered if at not in new),
        "new_longest": max(runs, default=0),
        "new_runs": len(runs),
        "new_at_end": _as_runs(laid.new)[-1] if laid.new and laid.new[-1] == len(laid.mine) - 1 else 0,
        "unknown_weight": sum(term.weight for term in unknown),
        "unknown_heaviest": max((term.weight for term in unknown), default=0.0),
        "unknown_verbs": sum(term.verb for term in unknown),
        "new_verbs": sum(is_verb(laid.mine[at].form, laid.mine[at].form) for at in laid.new),
        "new_words": len(known),
        "far": sum(value is None or value < 0.45 for value in near),  # noqa: PLR2004 (a cosine below which words share no subject)
        "near_mean": float(np.mean(known)) if known else 1.0,
        "near_least": min(known, default=1.0),
        "capitals": sum(map(laid.is_capital, laid.uncovered)),
        "capitals_new": sum(map(laid.is_capital, laid.new)),
    }


def _as_runs(places: Sequence[int]) -> list[int]:
    """Lengths of the runs of neighbouring places."""
    runs: list[int] = []
    for at, place in enumerate(places):
        if at and place == places[at - 1] + 1:
            runs[-1] += 1
        else:
            runs.append(1)
    return runs


def _nearest(laid: _Laid, at: int) -> float | None:
    """The cosine of a word and its nearest in the passage; None where either has no vector."""
    own = word_vector(laid.mine[at].form)
    return float((laid.vectors @ own).max()) if own is not None and laid.vectors is not None else None


def _places(laid: _Laid) -> dict[str, float]:
    """Words that stand in another word's place, synonyms and other spellings left out."""
    placed: list[float] = []
    alike = 0
    for change in laid.alignment.changes:
        own, other = laid.own(change), laid.other(change)
        if not other:
            continue
        if _says_the_same(own, other):
            alike += 1
            continue
        weights = laid.weight(change), sum(map(_weight, other))
        if change.size <= _PLACE and len(other) <= _PLACE + 1 and min(weights) > _LIGHT:
            placed.append(min(weights))
    cosines = [_cosine(laid.own(change), laid.other(change)) for change in laid.replaced]
    known = [value for value in cosines if value is not None]
    names = [change for change in laid.replaced if any(map(laid.is_capital, range(change.first, change.last + 1)))]
    return {
        "placed": len(placed),
        "placed_weight": sum(placed),
        "one_placed": float(len(placed) == 1 and sum(laid.weight(change) > _LIGHT for change in laid.alignment.changes) == 1),
        "spelt_otherwise": alike,
        "placed_near": max(known, default=0.0),
        "placed_far": min(known, default=1.0),
        "names_replaced": sum(any(laid.passage.text[token.start].isupper() for token in laid.other(change)) for change in names),
    }


def _says_the_same(own: Sequence[Token], other: Sequence[Token]) -> bool:
    if [same_spelling(token.form) for token in own] == [same_spelling(token.form) for token in other]:
        return True
    return bool(_meanings(own) & _meanings(other))


def _meanings(tokens: Sequence[Token]) -> set[str]:
    words, known, found, at = [token.form for token in tokens], concepts(True), set(), 0
    while at < len(words):
        hit = known.longest(words, at)
        found.add(hit[0] if hit else words[at])
        at = hit[1] + 1 if hit else at + 1
    return found


def _cosine(own: Sequence[Token], other: Sequence[Token]) -> float | None:
    vectors = [[vector for token in side if (vector := word_vector(token.form)) is not None] for side in (own, other)]
    if not all(vectors):
        return None
    left, right = (np.mean(side, axis=0) for side in vectors)
    return float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right) + 1e-9))


def _compared(c: Comparison) -> dict[str, float]:
    """The same comparison that matching makes."""
    return {
        "c_own": c.own_covered,
        "c_text": c.text_covered,
        "c_verbs": c.verbs_covered,
        "c_verbs_near": c.verbs_near,
        "c_held": c.near_held,
        "c_gone": c.near_lost,
        "c_main": c.main_covered,
        "c_heaviest": c.heaviest_missing,
        "c_order": c.order,
        "c_numbers": c.numbers.conflict,
        "c_dates": c.dates.conflict,
        "c_dates_missing": c.dates.missing,
        "c_names": c.names.conflict,
        "c_names_missing": c.names.missing,
        "c_negation": float(c.negation_differs),
        "c_opposed": float(c.opposed),
        "c_denial": float(bool(c.denial)),
    }


def _elsewhere(statement: Profile, picked: Profile, text: Reading) -> dict[str, float]:
    """What of the statement stands neither in the picked sentences nor anywhere else."""
    whole = profile(text.text, True)
    said = {same_spelling(token.form) for token in whole.tokens}
    over = align(statement, picked)
    gone = [at for at, token in enumerate(statement.tokens) if at not in over.covered and same_spelling(token.form) not in said]
    all_over = align(statement, whole)
    size = max(all_over.size, 1)
    return {
        "nowhere_weight": sum(_weight(statement.tokens[at]) for at in gone),
        "nowhere": len(gone),
        "nowhere_figures": sum(_is_figure(statement.tokens[at]) for at in gone),
        "nowhere_capitals": sum(at > 0 and statement.text[statement.tokens[at].start].isupper() for at in gone),
        "whole_covered": len(all_over.covered) / size,
        "whole_longest": max((change.size for change in all_over.changes), default=0),
        "whole_tiles": len(all_over.tiles) / size,
    }
