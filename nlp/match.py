"""From a comparison to a decision: same truth conditions, the opposite, merely related, or nothing; with reasons.

compare | weigh (logistic, learnt once) | forbid (conflicts, denials, short texts) | relation
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from kiemtin.domain.claims import ClaimMatch, Reason, Relation
from nlp.compare import Comparison, compare, coverage, holds
from nlp.denial import is_check_title
from nlp.profile import Profile
from nlp.rebuttal import sets_right
from nlp.resources import load_artefact
from nlp.retrieval import query_terms
from nlp.scope import is_factual, may_repeat
from nlp.sentences import TITLE_OFFSET, Reading
from nlp.sketch import Sought
from nlp.text import syllables

_MIN_SYLLABLES = 8  # texts under eight syllables are never linked, only suggested
_MIN_CLAIM = 7  # and a claim of fewer says too little to be met by more than chance
_RELATED = 0.35  # share of a claim's weight from which a passage is at least about the same thing
_WORTH_A_LOOK = 0.25  # share of a claim's weight below which it is not compared at all
_MOST_PLACES = 12  # of a story that are compared with one check: hostile text repeats a claim in every sentence
_STORY_TERMS = 40  # of a story's words, those that tell most: more of them cost time and find nothing
_WORTH_READING = 0.3  # share of a claim's weight that a story must hold anywhere for its sentences to be looked at
_ALIKE = 0.2  # below it a passage says something else, whatever numbers it shares
_HELD = 0.4  # share of a claim's weight, in its words or near ones, under which nothing is linked
_CONTRARY, _OTHER_FIGURE = 0.5, 0.6  # how much of the claim a sentence must share to contradict it, or to correct its figure
_MORE = 0.05  # how much more of the claim two sentences must hold than one to be looked at together
_POINTED_AT = 0.2  # the same, for a neighbour's `thông tin này là bịa đặt` to speak about the claim
_FEELING = 0.2  # how much surer a match must be where the sentence also judges or feels (`ai cũng sợ vì ...`)
_UNNAMED = 0.15  # the same where the claim is about something with a name and the story never names it


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


def _facts(c: Comparison) -> tuple[int, int]:
    """Of the claim's numbers, dates and names, how many agree, and how many there are."""
    return c.numbers.agree + c.dates.agree + c.names.agree, c.numbers.total + c.dates.total + c.names.total


def _anchored(c: Comparison) -> float:
    """Of the claim's numbers, dates and names, the share that agrees; 0 where it has fewer than two."""
    agree, total = _facts(c)
    return agree / total if total > 1 else 0.0


def _bare(c: Comparison) -> bool:
    return _facts(c)[1] == 0


FEATURES: dict[str, Callable[[Comparison], float]] = {
    "own_covered": lambda c: c.own_covered,
    "claim_covered": lambda c: c.claim_covered,
    "main_covered": lambda c: c.main_covered,
    "text_covered": lambda c: c.text_covered,
    "near_held": lambda c: c.near_held,
    "near_lost": lambda c: c.near_lost,
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
    "extra_names": lambda c: min(c.extra_names, 3),
    "facts_agree": lambda c: _facts(c)[0] / _facts(c)[1] if _facts(c)[1] else 0.0,
    "anchored_and_verbs": lambda c: _anchored(c) * max(c.verbs_near, c.verbs_covered),
    # Word for word the same but for one word: then that word is the difference. In a free paraphrase it need not be.
    "missing_in_order": lambda c: c.heaviest_missing * c.order,
    "extra_in_order": lambda c: (1.0 - c.text_covered) * c.order,
    # A long claim with many facts is not met by chance; one without any is known by its words alone.
    "claim_size": lambda c: c.claim_size,
    "facts": lambda c: min(_facts(c)[1], 4),
    "bare": lambda c: float(_bare(c)),
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
        score = max(score, 0.95 * probability(other)) if not conflicts(comparison) else score
    return _Judged(comparison, score, _relation(comparison, score, denied))


def conflicts(comparison: Comparison) -> bool:
    """A number, date or name that stands against the claim's, or another frame (a drill, a proposal): never the same."""
    return bool(comparison.numbers.conflict or comparison.dates.conflict or comparison.names.conflict or comparison.other_frame)


def _names_nothing(comparison: Comparison) -> bool:
    """The claim is about something with a name, and the story never names it."""
    return comparison.names.missing > 0 and not comparison.names.agree


def _relation(comparison: Comparison, score: float, denied: bool) -> Relation | None:
    about = comparison.claim_covered >= _RELATED
    alike = comparison.own_covered >= _ALIKE
    # What the title and the lead lend does not count here: a sentence denies what it speaks about itself.
    untrue = (about and denied) or (bool(comparison.denial) and comparison.own_covered >= _RELATED)
    if (score >= _weights().suggest and alike) or untrue:
        if denied or comparison.denial or comparison.negation_differs or comparison.opposed:
            return Relation.OPPOSITE
        return Relation.RELATED if conflicts(comparison) else Relation.SAME
    return Relation.RELATED if about else None


def _match(candidate: Candidate, judged: _Judged, passage: Profile, quote: str, offset: int) -> ClaimMatch | None:
    if judged.relation is None:
        return None
    enough = max(judged.comparison.near_held, judged.comparison.claim_covered) >= _HELD
    sure = _weights().link + (_UNNAMED if _names_nothing(judged.comparison) else 0.0)
    linked = judged.relation is Relation.SAME and says_enough(candidate.claim, quote) and enough and judged.score >= sure
    return ClaimMatch(candidate.review_id, judged.relation, linked, round(judged.score, 4), quote, offset, explain(judged.comparison))


def says_enough(claim: Profile, quote: str) -> bool:
    """Is there enough in both to link them? Under eight whitespace-separated syllables a text is only suggested (a claim: seven)."""
    return syllables(quote) >= _MIN_SYLLABLES and syllables(claim.text) >= _MIN_CLAIM


def match_story(reading: Reading, finder: Finder) -> tuple[ClaimMatch, ...]:
    """The best passage of a story for each check it touches. A story that denies a claim does not repeat it."""
    leads = _leads(reading, finder)
    if not leads:  # the usual case: no sentence is taken apart
        return ()
    best: dict[str, _Window] = {}
    is_check = is_check_title(reading.title)
    places = _places(reading, leads)
    candidates = finder.load(list(dict.fromkeys(review_id for _, review_id in places)))
    for at, review_id in places:
        window = _best_window(candidates[review_id], reading, at, is_check) if review_id in candidates else None
        if window is not None and _is_better(window, best.get(review_id)):
            best[review_id] = window
    return tuple(best[key].match for key in sorted(best))


def _leads(reading: Reading, finder: Finder) -> list[Lead]:
    """The checks whose words the story holds, wherever they stand in it."""
    whole = reading.whole
    found = finder.leads(query_terms(whole, _STORY_TERMS))
    return [lead for lead in found if any(holds(sketch, whole, None, None, _WORTH_READING) for sketch in lead.sketches)]


def _places(reading: Reading, leads: Sequence[Lead]) -> list[tuple[int, str]]:
    """Which passages (-1: the title) hold enough of which checks' words to be compared with them."""
    found: list[tuple[int, str]] = []
    looked_at: Counter[str] = Counter()
    for at in range(-1, len(reading.sentences)):
        passage = reading.title if at < 0 else reading.profiles[at]
        # The sentence and the next one each for itself: taking both apart as one passage costs more than all the looks at them.
        following = reading.profiles[at + 1] if at < len(reading.sentences) - 1 else None
        context = None if at < 0 else reading.lead
        open_leads = [lead for lead in leads if looked_at[lead.review_id] < _MOST_PLACES]
        here = [lead for lead in open_leads if any(holds(sketch, passage, context, following, _WORTH_A_LOOK) for sketch in lead.sketches)]
        if here and may_repeat(passage):
            found += [(at, lead.review_id) for lead in here]
            looked_at.update(lead.review_id for lead in here)
    return found


@dataclass(frozen=True, slots=True)
class _Window:
    """A passage's match, and whether the story says in so many words that the claim is untrue."""

    match: ClaimMatch
    denied: bool

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return self.denied, self.match.linked, self.match.score


def _is_better(new: _Window, old: _Window | None) -> bool:
    # A denial anywhere in the story outweighs a repeat elsewhere in it; a mere contrary does so only if it is the better match.
    return old is None or new.rank > old.rank


def _best_window(candidate: Candidate, reading: Reading, at: int, is_check: bool) -> _Window | None:
    quote, offset = (reading.title_text, TITLE_OFFSET) if at < 0 else (reading.sentences[at].text, reading.sentences[at].offset)
    context = None if at < 0 else reading.lead
    passage = reading.title if at < 0 else reading.profiles[at]
    judged = judge(candidate, passage, context, reading.folded, is_check)
    if not _is_link(judged) and _says_more(candidate, reading, at):
        wider = judge(candidate, reading.lead if at < 0 else reading.pair(at), context, reading.folded, is_check)
        if wider.score > judged.score:
            judged, quote = wider, quote if at < 0 else reading.pair_text(at)
    if judged.relation is None:
        return None
    denied = (
        is_check
        or bool(judged.comparison.denial)
        or _is_denied(candidate, reading, at)
        or (_is_link(judged) and _is_set_right(candidate, reading, at))
    )
    if denied and judged.relation is Relation.SAME:
        judged = replace(judged, relation=Relation.OPPOSITE)
    if not denied and judged.score < _weights().link + _FEELING and not is_factual(passage):
        return None
    match = _match(candidate, judged, passage, quote, offset)
    return _Window(match, denied and match.relation is Relation.OPPOSITE) if match is not None else None


def _is_link(judged: _Judged) -> bool:
    return judged.relation is Relation.SAME and judged.score >= _weights().link


def _says_more(candidate: Candidate, reading: Reading, at: int) -> bool:
    """Does the sentence together with the next one hold more of the claim than it does alone?"""
    if at + 1 >= len(reading.sentences):
        return False
    here, following = reading.title if at < 0 else reading.profiles[at], reading.profiles[at + 1]
    wordings = (candidate.claim, *candidate.wordings)
    return any(coverage(wording, here, following=following) > coverage(wording, here) + _MORE for wording in wordings)


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


def _is_set_right(candidate: Candidate, reading: Reading, at: int) -> bool:
    return _is_contradicted(candidate, reading, at) or sets_right(reading, at, candidate.claim)


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
    words = f"{max(c.near_held, c.claim_covered):.0%} ý chính của tuyên bố đã kiểm chứng có trong đoạn văn, nguyên từ hoặc từ gần nghĩa (nguyên từ: {c.claim_covered:.0%})"
    rows = [Reason("words", round(c.near_held, 3), round(weights["near_held"], 3), words)]
    for name, what, tally in (("numbers", "Con số", c.numbers), ("dates", "Ngày tháng", c.dates), ("names", "Tên riêng", c.names)):
        if tally.total:
            rows.append(
                Reason(name, float(tally.agree), round(weights[f"{name}_agree"], 3), _tally(what, tally.agree, tally.conflict, tally.missing))
            )
    if c.denial:
        rows.append(Reason("denial", 1.0, 0.0, f"Đoạn văn nói điều này không đúng (“{c.denial}”)"))
    if c.negation_differs:
        rows.append(Reason("negation", 1.0, 0.0, "Một bên phủ định, một bên khẳng định"))
    if c.opposed:
        rows.append(Reason("antonym", 1.0, 0.0, "Hai bên dùng từ trái nghĩa"))
    if c.other_frame:
        rows.append(Reason("frame", 1.0, 0.0, "Đoạn văn nói về diễn tập, đề xuất hoặc năm khác"))
    return tuple(rows)


def _tally(what: str, agree: int, conflict: int, missing: int) -> str:
    counts = (("khớp", agree), ("khác", conflict), ("không nêu", missing))
    return f"{what}: {', '.join(f'{word} {count}' for word, count in counts if count)}"
