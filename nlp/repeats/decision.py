"""One post held against one watched claim: does it say the same, or deny it? Stricter than a link: a number is published, and nobody looks at each post.

claim laid over the post | all its words, nothing in the place of one | each figure and date | nothing around them that turns it round

This is what `nlp.decision` calls verbatim, for one statement within a longer text and in whatever spelling. A free paraphrase is not
counted, so a count is a lower bound.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from kiemtin.domain.repeats import Said
from nlp.alignment import Alignment, align
from nlp.compare import same_date, same_quantity
from nlp.dates import DayOfYear
from nlp.denial import denies, find_denial, introduces_check
from nlp.match import says_enough
from nlp.profile import Profile, profile
from nlp.quantities import Quantity
from nlp.repeats.spelling import compose, open_tags
from nlp.text import Token, fold, same_spelling
from nlp.weights import term_weights

_ORDER = 0.75  # share of neighbouring runs of the claim that keep their order in the post
_HELD = 0.95  # share of the claim's weight, figures apart, that must stand there
_NAME = 0.3  # a syllable of a name weighs at least so much, though it be a function word elsewhere
_PUT_IN = 0.1  # syllables of weight between the claim's own, as a share of the claim
_NEAR = 3  # words before the claim's own that may negate it
_COMMA = re.compile(r"[,:;()–]")
_SENTENCE = re.compile(r"[!?\n;…]|\.(?!\d)")
_ASIDE = re.compile(r" (?:biết|nghe|thấy|coi|đọc|hay|xem|biet|doc) (?:chưa|chua) | (?:không|hông|khong) (?:biết|ngờ|biet|ngo) ")
# Beside the claim's own words each of these makes it another statement: not the case, only supposed, only proposed, long ago.
_NEGATIONS = ("không", "chưa", "chẳng", "chả", "đừng", "hổng", "hông", "khỏi", "ngừng", "thôi", "hủy", "hoãn", "dừng", "bãi bỏ")
_SUPPOSED = (
    "nếu", "giả sử", "giả như", "lỡ", "diễn tập", "giả định", "mô phỏng", "kịch bản", "tập huấn", "đề xuất", "dự thảo", "xem xét", "kiến nghị", "lấy ý kiến", "phương án", "đề nghị",
    "năm ngoái", "năm trước", "năm kia", "trước đây", "ngày xưa", "hồi xưa", "ước gì", "giá mà", "giá như", "suýt",
)  # fmt: skip
# Folded, these are common words that turn nothing (`cha`, `thoi`, `dung`): unmarked text is searched for the others.
_TOO_SHORT_FOLDED = frozenset(["chả", "thôi", "hông", "khỏi", "lỡ", "hủy", "hoãn", "dừng"])


@dataclass(frozen=True, slots=True)
class Watched:
    """A claim taken apart once. `weights`: of its syllables, 0 for those that belong to a figure or date."""

    profile: Profile
    weights: tuple[float, ...]


def watch(claim: str) -> Watched:
    """About half a millisecond."""
    mine = profile(claim)
    figures = _figures(mine)
    named = {at for name in mine.names for at in range(name.first, name.last + 1)}
    weights = [term_weights().of(token.form, token.folded, mine.marked) for token in mine.tokens]
    free = (0.0 if at in figures else max(weight, _NAME) if at in named else weight for at, weight in enumerate(weights))
    return Watched(mine, tuple(free))


def _figures(text: Profile) -> set[int]:
    """The places of its syllables that belong to figures and dates."""
    spans = [(one.first, one.last) for one in text.quantities] + [(one.first, one.last) for one in text.dates]
    return {at for first, last in spans for at in range(first, last + 1)}


class PostReading:
    """A post taken apart as far as it is asked for, its hashtags as words."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def profile(self) -> Profile:
        return profile(open_tags(compose(self._text)))

    @cached_property
    def may_deny(self) -> bool:
        """Does it call anything untrue? Most posts that touch upon a claim do not, and are left there."""
        return denies(self.profile)


def denies_claim(claim: Watched, post: Profile) -> bool:
    """Does it call this very claim untrue, in words of its own? All the claim's names must stand there."""
    if find_denial(post, claim.profile) is None or not says_enough(claim.profile, post.text):
        return False
    folded = {token.folded for token in post.tokens}
    return all(part in folded for name in claim.profile.names for part in name.parts)


def said(claim: Watched, post: Profile) -> Said | None:
    """Whether the post repeats or denies the claim, or says something else."""
    post = _with_marks(claim.profile, post)
    laid = align(claim.profile, post)
    if not laid.tiles or _order(claim, laid) < _ORDER or not _holds_words(claim, laid) or not says_enough(claim.profile, post.text):
        return None
    around = _around(post, laid)
    passage = Profile(post.text, post.tokens[around.start : around.stop], post.marked)
    if not _holds_figures(claim.profile, passage, laid, around.start):
        return None
    if find_denial(post, claim.profile) is not None or introduces_check(post):
        return Said.DENIAL
    if _is_supposed(post, laid, around) or _is_stuffed(claim, passage, laid, around.start):
        return None
    return Said.DENIAL if _is_negated(post, laid, around) else Said.REPEAT


def _with_marks(claim: Profile, post: Profile) -> Profile:
    """A post with marks on most of its words, those without (`#LocMai`), and those in another spelling (`đăng kí`), as the claim writes them."""
    if not (claim.marked and post.marked):
        return post
    forms = {token.form for token in post.tokens}
    known = {key: token for token in claim.tokens if token.form not in forms for key in (token.folded, same_spelling(token.form))}
    tokens = tuple(
        Token(mine.form, mine.folded, token.start, token.end)
        if (mine := known.get(token.form if token.form == token.folded else same_spelling(token.form))) is not None
        else token
        for token in post.tokens
    )
    return Profile(post.text, tokens, True)


def _order(claim: Watched, laid: Alignment) -> float:
    """The share of neighbouring runs that keep their order; where a date stands is free."""
    return Alignment(laid.size, tuple(tile for tile in laid.tiles if any(claim.weights[tile.mine : tile.mine + tile.size]))).order


def _holds_words(claim: Watched, laid: Alignment) -> bool:
    """All its words but the lightest, and no other in the place of one."""
    held = sum(claim.weights[at] for at in laid.covered)
    if not held or held < _HELD * sum(claim.weights):
        return False
    replaced = [change for change in laid.changes if change.instead is not None and change.instead[0] < change.instead[1]]
    return not any(claim.weights[at] for change in replaced for at in range(change.first, change.last + 1))


def _around(post: Profile, laid: Alignment) -> range:
    """The tokens of the sentences in which the claim stands."""
    tokens = post.tokens
    starts = [0, *(at for at in range(1, len(tokens)) if _SENTENCE.search(post.text, tokens[at - 1].end, tokens[at].start)), len(tokens)]
    first, last = min(laid.used), max(laid.used)
    return range(starts[bisect_right(starts, first) - 1], starts[bisect_right(starts, last)])


def _holds_figures(claim: Profile, passage: Profile, laid: Alignment, start: int) -> bool:
    """Each figure and date word for word or in another spelling, and none in the place of another. `start`: the passage's first token in the post."""
    if any(not any(same_date(one, other) for other in passage.dates) for one in claim.dates if not _is_laid(one, laid)):
        return False
    respelled = [one for one in claim.quantities if not _is_laid(one, laid)]
    return all(_is_respelled(one, passage, laid, start) for one in respelled)


def _is_laid(one: Quantity | DayOfYear, laid: Alignment) -> bool:
    return laid.covered.issuperset(range(one.first, one.last + 1))


def _is_respelled(one: Quantity, passage: Profile, laid: Alignment, start: int) -> bool:
    """Is the same amount in its place, or anywhere where nothing stands in its place?"""
    spans = [change.instead for change in laid.changes if change.instead and one.first <= change.last and change.first <= one.last]
    here = [other for other in passage.quantities if any(other.first + start < end and begin <= other.last + start for begin, end in spans)]
    return any(same_quantity(one, other) for other in here or passage.quantities)


def _is_supposed(post: Profile, laid: Alignment, around: range) -> bool:
    """Does a word that is none of the claim's own make it a case that is only supposed or proposed, or long ago?"""
    return _SUPPOSED_IN[post.marked].search(_rest(post, laid, around)) is not None


def _is_negated(post: Profile, laid: Alignment, around: range) -> bool:
    """The same for a negation. A `không` behind the claim asks; one before a comma is about something else."""
    first, last = min(laid.used), max(laid.used)
    start = first
    while start > max(around.start, first - _NEAR) and not _COMMA.search(post.text, post.tokens[start - 1].end, post.tokens[start].start):
        start -= 1
    rest = _ASIDE.sub(" ", _rest(post, laid, range(start, last + 1)))
    return _NEGATED_IN[post.marked].search(rest) is not None


def _rest(post: Profile, laid: Alignment, among: range) -> str:
    """The post's words that are none of the claim's own."""
    return " " + " ".join([post.words[at] if at not in laid.used else "|" for at in among]) + " "


def _pattern(words: tuple[str, ...], marked: bool) -> re.Pattern[str]:
    kept = words if marked else tuple(fold(word) for word in words if word not in _TOO_SHORT_FOLDED)
    return re.compile(rf" (?:{'|'.join(kept)}) ")


_NEGATED_IN = {marked: _pattern(_NEGATIONS, marked) for marked in (True, False)}
_SUPPOSED_IN = {marked: _pattern(_SUPPOSED, marked) for marked in (True, False)}


def _is_stuffed(claim: Watched, passage: Profile, laid: Alignment, start: int) -> bool:
    """Does so much stand between the claim's words, figures apart, that they may belong to something else?"""
    weights = term_weights().by_form if passage.marked else term_weights().by_folded
    between = set(range(min(laid.used), max(laid.used))) - laid.used - {at + start for at in _figures(passage)}
    return sum(weights.get(passage.words[at - start], 1.0) > 0 for at in between) > _PUT_IN * len(claim.weights)
