"""One text (`kiemtin check`, a tip) held against one published claim: the same, the opposite, related, or none, with how sure that is.

claim, text | compare both ways | which way the text turns the claim (cues, negation, manner) | four probabilities

Two things are learnt apart and shown apart: whether a text speaks of the claim at all, and whether it says so or denies it.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from kiemtin.domain.claims import ClaimMatch, Reason, Relation
from nlp.alignment import align
from nlp.compare import Comparison, compare, coverage
from nlp.denial import denies, introduces_check, is_check_title
from nlp.kernel import kernel_model
from nlp.match import FEATURES, Candidate, conflicts, explain, says_enough
from nlp.profile import Profile
from nlp.resources import load_artefact
from nlp.sentences import TITLE_OFFSET
from nlp.verdict import features as evidence_features
from nlp.verdict import laid_over

DECISION, MANNER = "decision/weights.npz", "decision/manner.json"
LINK, LINK_UNMARKED, SUGGEST = "link", "link_unmarked", "suggest"
CLASSES: tuple[Relation | None, ...] = (Relation.SAME, Relation.OPPOSITE, Relation.RELATED, None)
_OTHER_WORDING = 0.95
_ONLY_RELATED, _EXPLAINED = 0.3, 3.0  # see `Decision.about`
_VERBATIM = 0.97  # share of a claim's words from which one that says something else would be missed
_NEARLY = 0.9
_TURNED = 0.6  # share of them from which an antonym or a negation makes the opposite of what is said
_HELD = 0.45  # share of a claim's weight, in its words or near ones, under which nothing is linked
_LONGEST = 3
_CLAIM, _FIGURE, _START = "_", "0", "^"
# Words of the claim that also turn it round: they stay visible when the claim's own words are masked.
_TURNING = frozenset(["khong", "chua", "chang", "van", "chi", "la", "co", "dau", "nao", "not", "no"])
# What the claim lacks of the text, beside what the text lacks of the claim.
_BACK = (
    "covered", "longest_weight", "lost", "figures_new", "figures_replaced", "figures_other", "quantities_against", "quantities_missing", "negated_here",
    "negated_there", "only", "whole", "unknown_weight", "unknown_heaviest", "unknown_verbs", "new_weight", "far", "capitals_new", "placed", "size",
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """Probabilities of `CLASSES`, in order, and the comparison they rest on."""

    probabilities: tuple[float, float, float, float]
    comparison: Comparison

    @cached_property
    def relation(self) -> Relation | None:
        """`same` where that is likely enough to be suggested and likelier than the opposite; else the likeliest."""
        same, opposite, *_ = self.probabilities
        if same >= max(threshold(SUGGEST), opposite):
            return Relation.SAME
        likeliest = CLASSES[max(range(1, 4), key=lambda at: self.probabilities[at])]
        if likeliest is not Relation.RELATED:
            return likeliest
        if (self.comparison.opposed or self.comparison.negation_differs) and self.comparison.own_covered >= _TURNED:
            return Relation.OPPOSITE
        return Relation.SAME if _holds_all(self.comparison, _NEARLY) else likeliest

    @property
    def same(self) -> float:
        return self.probabilities[0]

    @property
    def about(self) -> float:
        """How much the text is about this very claim, whichever way it turns it: what matches are ranked by, 0..1.

        The share of the text's own words that the claim explains counts three times the probabilities: tried on the training half of the
        rumours, where it put the right headline first in 223 of 290 against 210 (and in 161 of 245 against 146 of the other half).
        """
        same, opposite, related, _ = self.probabilities
        return (same + opposite + _ONLY_RELATED * related + _EXPLAINED * self.comparison.text_covered) / (1 + _EXPLAINED)


def decide(claim: Profile, text: Profile) -> Decision:
    comparison = compare(claim, text)
    same, opposite, related, none = map(float, kernel_model(DECISION).probabilities([features(claim, text, comparison)])[0])
    return Decision((same, opposite, related, none), comparison)


def match_text(candidate: Candidate, text: Profile) -> ClaimMatch | None:
    """A text on its own against one check in all its wordings; None where it has nothing to do with it."""
    found = decide(candidate.claim, text)
    score = found.about
    if candidate.wordings and not conflicts(found.comparison):
        # Another wording may say the same in words nearer to the text; numbers, dates and places are the claim's own.
        nearest = max(candidate.wordings, key=lambda wording: coverage(wording, text))
        other = decide(nearest, text)
        if other.about * _OTHER_WORDING > score:
            found, score = replace(found, probabilities=other.probabilities), other.about * _OTHER_WORDING
    if found.relation is None:
        return None
    relation = found.relation
    if relation is Relation.SAME and introduces_check(text) and not introduces_check(candidate.claim):
        relation = Relation.OPPOSITE  # `Thực hư ...`, `... là tin đồn`: who writes so does not pass it on
    sure = found.same >= threshold(LINK if text.marked else LINK_UNMARKED) or is_verbatim(candidate.claim, text, found.comparison)
    held = max(found.comparison.near_held, found.comparison.claim_covered) >= _HELD
    against = conflicts(found.comparison) or bool(found.comparison.denial)
    linked = relation is Relation.SAME and sure and held and not against and says_enough(candidate.claim, text.text)
    reasons = (_reason(found), *explain(found.comparison))
    return ClaimMatch(candidate.review_id, relation, linked, round(score, 4), text.text, TITLE_OFFSET, reasons)


def is_verbatim(claim: Profile, text: Profile, c: Comparison) -> bool:
    """Does a text hold the whole claim nearly word for word, and nothing that turns it round? Nobody writes such pairs to learn from."""
    if not _holds_all(c, _VERBATIM) or c.text_covered < _TURNED or denies(text):
        return False
    laid = align(claim, text)
    return len(laid.covered) >= _NEARLY * laid.size and laid.order >= _NEARLY


def _holds_all(c: Comparison, share: float) -> bool:
    """That share of the claim's words, all its figures, dates and names, and nothing that turns it round."""
    missing = c.numbers.missing or c.dates.missing or c.names.missing
    turned = c.negation_differs or c.opposed or c.other_frame or bool(c.denial)
    return c.own_covered >= share and not missing and not conflicts(c) and not turned


def _reason(found: Decision) -> Reason:
    same, opposite, related, none = found.probabilities
    text = f"Khả năng cùng tuyên bố {same:.0%}, nói ngược lại {opposite:.0%}, chỉ liên quan {related:.0%}, không liên quan {none:.0%}"
    return Reason("decision", round(same, 3), 1.0, text)


def threshold(name: str) -> float:
    """`LINK` (for unmarked text `LINK_UNMARKED`) or `SUGGEST`: the probability of `same` from which a match is linked, or shown as a repeat."""
    return kernel_model(DECISION).thresholds[name]


def features(claim: Profile, text: Profile, comparison: Comparison, manner: float | None = None) -> dict[str, float]:
    """All that the decision looks at, by name. `manner`: given where it was learnt without this very pair (in training)."""
    found = {name: float(feature(comparison)) for name, feature in FEATURES.items()}
    found |= {
        "denial": float(bool(comparison.denial)),
        "negation": float(comparison.negation_differs),
        "opposed": float(comparison.opposed),
        "frame": float(comparison.other_frame),
        "denies": float(denies(text)),
        "opens_check": float(is_check_title(text)),
        "asks": float("?" in text.text[-4:]),
        "marked": float(text.marked),
        "both_marked": float(text.marked and claim.marked),
        "text_size": min(len(text.tokens), 60) / 30,
        "manner": manner_of(claim, text) if manner is None else manner,
    }
    found |= evidence_features(claim, text, comparison)
    back = laid_over(text, claim)
    return found | {f"back_{name}": back[name] for name in _BACK}


def manner_of(claim: Profile, text: Profile) -> float:
    """The log-odds that a text which speaks of the claim denies it, by the words around the claim's own."""
    artefact = load_artefact(MANNER)
    weights = artefact["weights"]
    return float(artefact["bias"] + sum(weights.get(gram, 0.0) for gram in manner_grams(claim, text)))


def manner_grams(claim: Profile, text: Profile) -> frozenset[str]:
    """Runs of one to three folded syllables, the claim's own and all names masked, so that no subject counts for or against."""
    own = {token.folded for token in claim.tokens} - _TURNING
    named = {at for name in text.names for at in range(name.first, name.last + 1)}
    words = [_START]
    for at, token in enumerate(text.tokens):
        word = _CLAIM if at in named or token.folded in own else _FIGURE if token.form[0].isdigit() else token.folded
        if not (word == _CLAIM and words[-1] == _CLAIM):
            words.append(word)
    words.append("?" if "?" in text.text[-4:] else "$")
    runs = (words[at : at + size] for size in range(1, _LONGEST + 1) for at in range(len(words) - size + 1))
    return frozenset(" ".join(run) for run in runs if any(word not in (_CLAIM, _FIGURE, _START, "$") for word in run))
