"""A published check before it is filed: is its subject in scope, what is its theme, which words of its page say the claim again."""

from dataclasses import dataclass

from kiemtin.domain.scope import Theme
from nlp.compare import compare
from nlp.denial import denies
from nlp.profile import Profile, profile
from nlp.proposition import proposition, unframe
from nlp.scope import is_factual
from nlp.sentences import Reading
from nlp.themes import theme_of

_WORDING = 0.5  # share of the claim's weight from which a sentence of the check's page words the same claim
_MAX_WORDINGS = 3
_LEAD = 3


@dataclass(frozen=True, slots=True)
class Examined:
    """`quote` is the sentence of the page that contradicts the claim, "" if none stands out."""

    theme: Theme | None
    wordings: tuple[str, ...]
    quote: str


def examine(claim_reviewed: str, page: Reading | None) -> Examined | None:
    """What can be said of a check from its claim and, where it was crawled, its page; None: out of scope, not to be filed."""
    claim = profile(proposition(claim_reviewed))
    if not is_factual(claim):
        return None
    theme = theme_of(claim.tokens, claim.marked)
    if page is None:
        return Examined(theme, (), "")
    if theme is None:
        theme = theme_of(page.lead.tokens, page.lead.marked)
    return Examined(theme, _wordings(claim, page), _contradiction(claim, page))


def _wordings(claim: Profile, page: Reading) -> tuple[str, ...]:
    texts = [sentence.text for sentence in page.sentences[:_LEAD]]
    found = []
    for text in texts:
        passage = profile(text)
        comparison = compare(claim, passage)
        if comparison.claim_covered >= _WORDING and not comparison.denial and not comparison.negation_differs and not _conflicts(comparison):
            found.append(unframe(text))
    return tuple(found[:_MAX_WORDINGS])


def _conflicts(comparison: object) -> bool:
    return bool(comparison.numbers.conflict or comparison.dates.conflict or comparison.names.conflict)  # type: ignore[attr-defined]


def _contradiction(claim: Profile, page: Reading) -> str:
    """The denying sentence that shares most with the claim; a bare verdict is better than nothing."""
    scored = [
        (compare(claim, passage).claim_covered, sentence.text)
        for passage, sentence in zip(page.profiles, page.sentences, strict=True)
        if denies(passage)
    ]
    return max(scored, default=(0.0, ""))[1]
