"""What a published text says to a statement that nobody has checked: refutes, supports, or (the usual answer) not enough information.

statement, text | the sentences that share its words | verdict (nlp.verdict) | the sentence and the words that decide

Shown to a person beside a check's answer; it opens no alert and rates nothing (alerts rest on the stricter `nlp.evidence`).
"""

import re
from dataclasses import dataclass

from kiemtin.domain.claims import EvidenceRelation
from nlp.alignment import align
from nlp.denial import denies, is_check_title
from nlp.profile import Profile
from nlp.sentences import Reading
from nlp.verdict import REFUTED, SUPPORTED, judge_evidence, pick_sentences

_BEARS = 0.55  # share of the statement's weight that the picked sentences must hold to speak about it at all
_HEARSAY = re.compile(
    r" (?:tin don|loi don|dong tin|dang rang|cho rang|noi rang|nghe noi|ke tren mang|lan truyen|mang xa hoi|tai khoan|de xuat|du thao|bi bac|rumou?rs?|claims?) "
)
_SHORTEST = 6  # syllables of a statement
_COPIED = 0.97  # share of the statement's syllables that stand in the text in their order
_SAYS = 0.8  # the same, and the probability, from which a text supports it


@dataclass(frozen=True, slots=True)
class Bearing:
    """`quote`: the text's sentence that says most of the statement; `decides`: the statement's words that it puts otherwise, "" if none."""

    relation: EvidenceRelation
    quote: str
    decides: str


def bearing_of(statement: Profile, text: Reading) -> Bearing | None:
    """None where the text does not speak about the statement, or this says too little to be held against anything."""
    if len(statement.tokens) < _SHORTEST:
        return None
    picked = pick_sentences(statement, text)
    if not picked.sentences or picked.shares["picked_say"] < _BEARS:
        return None
    if _may_deny(text, picked.passage):
        return Bearing(EvidenceRelation.NOT_ENOUGH_INFO, picked.first.text, "")
    # The sentence that is quoted must say so by itself: nothing is shown that a reader cannot see in it.
    verdict = judge_evidence(statement.text, picked.first.text)
    relation = EvidenceRelation.NOT_ENOUGH_INFO
    if verdict.label == REFUTED and verdict.sure:
        relation = EvidenceRelation.REFUTES
    elif verdict.label == SUPPORTED and (
        min(verdict.probabilities[SUPPORTED], picked.shares["picked_say"]) >= _SAYS or _is_copied(statement, picked.first)
    ):
        relation = EvidenceRelation.SUPPORTS
    decides = "" if relation is EvidenceRelation.NOT_ENOUGH_INFO else _changed(statement, picked.first)
    return Bearing(relation, picked.first.text, decides)


def _may_deny(text: Reading, passage: Profile) -> bool:
    """A text that denies anything, or passes on hearsay, holds a statement's words without saying so."""
    return is_check_title(text.title) or bool(text.denying) or denies(passage) or _HEARSAY.search(passage.folded) is not None


def _is_copied(statement: Profile, passage: Profile) -> bool:
    laid = align(statement, passage)
    return len(laid.covered) >= _COPIED * laid.size and laid.order == 1.0


def _changed(statement: Profile, sentence: Profile) -> str:
    """The first run of the statement's words that the sentence replaces by others, as `its words → theirs`."""
    for change in align(statement, sentence).changes:
        if change.instead and change.instead[0] < change.instead[1]:
            mine = statement.text[statement.tokens[change.first].start : statement.tokens[change.last].end]
            theirs = sentence.text[sentence.tokens[change.instead[0]].start : sentence.tokens[change.instead[1] - 1].end]
            return f"{mine} → {theirs}"
    return ""
