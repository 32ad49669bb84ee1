"""From a comparison to a decision: same truth conditions, the opposite, merely related, or nothing; with reasons.

compare | weigh (logistic, learnt once) | forbid (conflicts, denials, short texts) | relation
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from kiemtin.domain.claims import ClaimMatch, Reason, Relation
from nlp.compare import Comparison, compare, coverage
from nlp.denial import is_check_title
from nlp.profile import Profile
from nlp.resources import load_artefact
from nlp.retrieval import query_terms
from nlp.scope import is_factual
from nlp.sentences import TITLE_OFFSET, Reading
from nlp.sketch import Sought
from nlp.text import syllables

_MIN_SYLLABLES = 8  # texts under eight syllables are never linked, only suggested
_RELATED = 0.35  # share of a claim's weight from which a passage is at least about the same thing
_WORTH_A_LOOK = 0.2  # share of a claim's weight below which it is not compared at all
_ALIKE = 0.25  # below it a passage says something else, whatever numbers it shares
_CONTRARY, _OTHER_FIGURE = 0.4, 0.6  # how much of the claim a sentence must share to contradict it, or to correct its figure
_POINTED_AT = 0.2  # the same, for a neighbour's `thông tin này là bịa đặt` to speak about the claim


@dataclass(frozen=True, slots=True)
class Candidate:
    """A check that may be matched: the claim's own wording first, then the check's other wordings of it."""

    review_id: str
    claim: Profile
    wordings: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """A check that shares keys with a passage, in outline: one sketch for each of its wordings."""

    review_id: str
    sketches: tuple[Sought, ...]


class Finder(Protocol):
    """Where candidates come from: first in outline, then, those that are worth it, taken apart."""

    def leads(self, keys: Sequence[str]) -> Sequence[Lead]: ...

    def load(self, ids: Sequence[str]) -> Mapping[str, Candidate]: ...


@dataclass(frozen=True, slots=True)
class _Weights:
    bias: float
    weights: dict[str, float]
    link: float
    suggest: float


def _anchored(c: Comparison) -> float:
    """Of the claim's numbers, dates and names, the share that agrees; 0 where it has fewer than two."""
    agree = c.numbers.agree + c.dates.agree + c.names.agree
    total = c.numbers.total + c.dates.total + c.names.total
    return agree / total if total > 1 else 0.0


def _bare(c: Comparison) -> bool:
    return c.numbers.total + c.dates.total + c.names.total == 0


FEATURES: dict[str, Callable[[Comparison], float]] = {
    "own_covered": lambda c: c.own_covered,
    "claim_covered": lambda c: c.claim_covered,
    "action_covered": lambda c: c.action_covered,
    "text_covered": lambda c: c.text_covered,
    "verbs_covered": lambda c: c.verbs_covered,
    "replaced": lambda c: min(c.replaced, 2.0),
    "order": lambda c: c.order,
    "heaviest_missing": lambda c: c.heaviest_missing,
    "numbers_agree": lambda c: min(c.numbers.agree, 2),
    "numbers_conflict": lambda c: min(c.numbers.conflict, 2),
    "numbers_missing": lambda c: min(c.numbers.missing, 2),
    "dates_agree": lambda c: min(c.dates.agree, 1),
    "dates_conflict": lambda c: min(c.dates.conflict, 1),
    "dates_missing": lambda c: min(c.dates.missing, 1),
    "names_agree": lambda c: min(c.names.agree, 2),
    "names_conflict": lambda c: min(c.names.conflict, 1),
    "names_missing": lambda c: min(c.names.missing, 2),
    "extra_numbers": lambda c: min(c.extra_numbers, 2),
    "nearness": lambda c: c.nearness,
    "verbs_near": lambda c: c.verbs_near,
    "anchored_and_verbs": lambda c: _anchored(c) * max(c.verbs_near, c.verbs_covered),
    "anchored": _anchored,
    "anchored_and_near": lambda c: _anchored(c) * c.nearness,
    "anchored_and_covered": lambda c: _anchored(c) * c.action_covered,
    # Word for word the same but for one word: then that word is the difference. In a free paraphrase it need not be.
    "replaced_in_order": lambda c: min(c.replaced, 2.0) * c.order,
    "missing_in_order": lambda c: c.heaviest_missing * c.order,
    "extra_in_order": lambda c: (1.0 - c.text_covered) * c.order,
    "extra_when_covered": lambda c: (1.0 - c.text_covered) * c.claim_covered,
    # A claim without numbers, dates and names is known by its words alone: more of them must be there.
    "bare_missing": lambda c: (1.0 - c.action_covered) if _bare(c) else 0.0,
    "bare_heaviest": lambda c: c.heaviest_missing if _bare(c) else 0.0,
    "bare": lambda c: float(_bare(c)),
    "covered_squared": lambda c: c.claim_covered * c.action_covered,
    "verbs_and_action": lambda c: c.verbs_covered * c.action_covered,
}


def vector(comparison: Comparison) -> list[float]:
    """The features in their fixed order."""
    return [float(feature(comparison)) for feature in FEATURES.values()]


@cache
def _weights() -> _Weights:
    artefact = load_artefact("match/weights.json")
    return _Weights(artefact["bias"], artefact["weights"], artefact["link"], artefact["suggest"])


def probability(comparison: Comparison) -> float:
    """How likely the passage says the same as the claim, denials aside; 0..1."""
    model = _weights()
    total = model.bias + sum(model.weights[name] * feature(comparison) for name, feature in FEATURES.items())
    return 1.0 / (1.0 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class _Judged:
    comparison: Comparison
    score: float
    relation: Relation | None


def judge(candidate: Candidate, passage: Profile, context: Profile | None = None, story_folded: str = "", denied: bool = False) -> _Judged:
    """Hold a passage against a check in all its wordings. `denied`: the story around it says that the claim is untrue."""
    comparison = compare(candidate.claim, passage, context, story_folded)
    score = probability(comparison)
    for wording in candidate.wordings:
        other = compare(wording, passage, context, story_folded)
        # Another wording may say the same in words nearer to the passage; numbers, dates and places are the claim's own.
        score = max(score, 0.95 * probability(other)) if not _conflicts(comparison) else score
    return _Judged(comparison, score, _relation(comparison, score, denied))


def _conflicts(comparison: Comparison) -> bool:
    return bool(comparison.numbers.conflict or comparison.dates.conflict or comparison.names.conflict)


def _relation(comparison: Comparison, score: float, denied: bool) -> Relation | None:
    about = comparison.claim_covered >= _RELATED
    alike = comparison.own_covered >= _ALIKE
    if (score >= _weights().suggest and alike) or (about and (denied or comparison.denial)):
        if denied or comparison.denial or comparison.negation_differs or comparison.opposed:
            return Relation.OPPOSITE
        return Relation.RELATED if _conflicts(comparison) else Relation.SAME
    return Relation.RELATED if about else None


def match_passage(candidate: Candidate, passage: Profile) -> ClaimMatch | None:
    """One text on its own against one check (`kiemtin check`)."""
    judged = judge(candidate, passage)
    return _match(candidate, judged, passage, passage.text, TITLE_OFFSET)


def _match(candidate: Candidate, judged: _Judged, passage: Profile, quote: str, offset: int) -> ClaimMatch | None:
    if judged.relation is None:
        return None
    linked = judged.relation is Relation.SAME and judged.score >= _weights().link and syllables(quote) >= _MIN_SYLLABLES
    return ClaimMatch(candidate.review_id, judged.relation, linked, round(judged.score, 4), quote, offset, explain(judged.comparison))


def match_story(reading: Reading, finder: Finder) -> tuple[ClaimMatch, ...]:
    """The best passage of a story for each check it touches. A story that denies a claim does not repeat it."""
    best: dict[str, ClaimMatch] = {}
    is_check = is_check_title(reading.title)
    places = _places(reading, finder)
    candidates = finder.load(list(dict.fromkeys(review_id for _, review_id in places)))
    for at, review_id in places:
        match = _best_window(candidates[review_id], reading, at, is_check) if review_id in candidates else None
        if match is not None and _is_better(match, best.get(review_id)):
            best[review_id] = match
    return tuple(best[key] for key in sorted(best))


def _places(reading: Reading, finder: Finder) -> list[tuple[int, str]]:
    """Which passages (-1: the title) hold enough of which checks' words to be compared with them."""
    found: list[tuple[int, str]] = []
    for at in range(-1, len(reading.sentences)):
        passage = reading.title if at < 0 else reading.profiles[at]
        if not is_factual(passage):
            continue
        # The sentence and the next one each for itself: taking both apart as one passage costs more than all the looks at them.
        following = reading.profiles[at + 1] if 0 <= at < len(reading.sentences) - 1 else None
        context = None if at < 0 else reading.lead
        for lead in finder.leads(query_terms(passage)):
            if any(coverage(sketch, passage, context, following) >= _WORTH_A_LOOK for sketch in lead.sketches):
                found.append((at, lead.review_id))
    return found


def _is_better(new: ClaimMatch, old: ClaimMatch | None) -> bool:
    # A denial anywhere in the story outweighs a repeat elsewhere in it.
    if old is None:
        return True
    if (new.relation is Relation.OPPOSITE) != (old.relation is Relation.OPPOSITE):
        return new.relation is Relation.OPPOSITE
    return (new.linked, new.score) > (old.linked, old.score)


def _best_window(candidate: Candidate, reading: Reading, at: int, is_check: bool) -> ClaimMatch | None:
    quote, offset = (reading.title_text, TITLE_OFFSET) if at < 0 else (reading.sentences[at].text, reading.sentences[at].offset)
    context = None if at < 0 else reading.lead
    passage = reading.title if at < 0 else reading.profiles[at]
    wide = passage if at < 0 or at + 1 >= len(reading.sentences) else reading.pair(at)
    denied = is_check or _is_denied(candidate, reading, at)
    judged = judge(candidate, passage, context, reading.folded, denied)
    if wide is not passage and not (judged.relation is Relation.SAME and judged.score >= _weights().link):
        wider = judge(candidate, wide, context, reading.folded, denied)
        if wider.score > judged.score:
            judged, quote = wider, reading.pair_text(at)
    if judged.relation is Relation.SAME and judged.score >= _weights().link and _is_contradicted(candidate, reading, at):
        judged = replace(judged, relation=Relation.OPPOSITE)
    return _match(candidate, judged, passage, quote, offset)


def _is_denied(candidate: Candidate, reading: Reading, at: int) -> bool:
    """Does another sentence of the story call the claim untrue: by pointing back to it, or in the claim's own words?"""
    for other in reading.denying:
        if other == at:
            continue
        found = compare(candidate.claim, reading.profiles[other])
        if found.denial and (
            found.claim_covered >= _RELATED
            or (found.denial_points_back and found.claim_covered >= _POINTED_AT)
            or (found.denial_points_back and abs(other - at) <= 1)
        ):
            return True
    return False


def _is_contradicted(candidate: Candidate, reading: Reading, at: int) -> bool:
    """Does another sentence of the story say the contrary in the claim's own words, or give another figure for it?"""
    for other, passage in enumerate(reading.profiles):
        if abs(other - at) > 1 or other < at:
            found = compare(candidate.claim, passage)
            if found.negation_differs and found.claim_covered >= _CONTRARY:
                return True
            if found.numbers.conflict and not found.numbers.agree and found.claim_covered >= _OTHER_FIGURE:
                return True
    return False


def explain(comparison: Comparison) -> tuple[Reason, ...]:
    """What was looked at, for the person who reads the alert."""
    weights = _weights().weights
    c = comparison
    rows = [
        ("words", c.claim_covered, weights["claim_covered"], f"Trùng {c.claim_covered:.0%} ý chính của tuyên bố đã kiểm chứng"),
        ("action", c.action_covered, weights["action_covered"], f"Trùng {c.action_covered:.0%} phần nói điều gì xảy ra (không kể tên riêng)"),
        ("numbers", float(c.numbers.agree), weights["numbers_agree"], _tally("Con số", c.numbers.agree, c.numbers.conflict, c.numbers.missing)),
        ("dates", float(c.dates.agree), weights["dates_agree"], _tally("Ngày tháng", c.dates.agree, c.dates.conflict, c.dates.missing)),
        ("names", float(c.names.agree), weights["names_agree"], _tally("Tên riêng", c.names.agree, c.names.conflict, c.names.missing)),
    ]
    if c.denial:
        rows.append(("denial", 1.0, 0.0, f"Đoạn văn nói điều này không đúng (“{c.denial}”)"))
    if c.negation_differs:
        rows.append(("negation", 1.0, 0.0, "Một bên phủ định, một bên khẳng định"))
    if c.opposed:
        rows.append(("antonym", 1.0, 0.0, "Hai bên dùng từ trái nghĩa"))
    return tuple(Reason(name, round(value, 3), round(weight, 3), text) for name, value, weight, text in rows if value or name in ("words", "action"))


def _tally(what: str, agree: int, conflict: int, missing: int) -> str:
    parts = [f"khớp {agree}", f"khác {conflict}" if conflict else "", f"không nêu {missing}" if missing else ""]
    return f"{what}: {', '.join(part for part in parts if part)}"
