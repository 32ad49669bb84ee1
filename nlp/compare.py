"""Two passages side by side: everything that can make them true together or not, as numbers a person can read."""

from dataclasses import dataclass

from nlp.concepts import Pole
from nlp.dates import DayOfYear
from nlp.denial import find_denial, negated, stays
from nlp.names import Name, holds_name
from nlp.places import may_be_one
from nlp.profile import Profile, Term, covers
from nlp.quantities import Quantity
from nlp.sketch import Sought
from nlp.vectors import Nearness, nearness

_TOLERANCE = 0.005
_ANY_ORDINAL = frozenset(["so", "thu", "no"])
_TIME_TOLERANCE = 0.09  # two months are sixty days, half a month is two weeks
_LONG = 20  # words of a claim that says much
_MAIN = 3
_OUTSIDE = 0.5  # how much a word counts that stands in the story's title or lead, not in the passage itself


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the claim's numbers (or dates, or names): how many agree, stand against another value, or are not said."""

    agree: int
    conflict: int
    missing: int

    @property
    def total(self) -> int:
        return self.agree + self.conflict + self.missing


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a passage stands to a claim. Shares are of weight, 0..1; `context` is the story's title and lead."""

    own_covered: float  # of the claim's terms, by the passage alone
    claim_covered: float  # of the claim's terms, by the passage (context counts half)
    action_covered: float  # the same without names: what is said to happen
    text_covered: float  # of the passage's terms, by the claim
    verbs_covered: float  # of the claim's verbs, by the passage; 1 where it has none
    verbs_near: float  # how near the passage's words come to the claim's verbs by the company they keep
    near_held: float  # of the claim's words, those that have a near one in the passage
    near_lost: float  # of the claim's words, those that have not even a distant one
    main_covered: float  # of the claim's three weightiest words that are no names, those in the passage
    claim_size: float  # the claim's words, 1 for twenty and more
    order: float  # of the claim's neighbouring terms, those that are neighbours in the passage too
    heaviest_missing: float  # weight of the claim's weightiest term that nothing covers
    numbers: Tally
    dates: Tally
    names: Tally
    extra_numbers: int
    extra_names: int  # proper names of two syllables and more of which the claim says nothing
    other_frame: bool  # a drill, a proposal, another year, of which the claim says nothing
    opposed: bool  # an antonym stands where the claim has its counterpart
    negation_differs: bool
    denial: str  # the denying words in the passage, "" if none
    denial_points_back: bool


def compare(claim: Profile, passage: Profile, context: Profile | None = None, story_folded: str = "") -> Comparison:
    """Hold a passage against a claim. `story_folded`: the whole story's folded syllables, where a name may stand."""
    both_marked = claim.marked and passage.marked
    covered = {at: _covered(claim, term, passage, context, both_marked) for at, term in enumerate(claim.terms)}
    missing = [term.weight for at, term in enumerate(claim.terms) if covered[at] == 0]
    denial = find_denial(passage, claim)
    own_covered = _share(claim.terms, {at: float(value == 1.0) for at, value in covered.items()})
    near = nearness(claim, passage) or Nearness(0.0 if any(term.verb for term in claim.terms) else 1.0, own_covered, 1.0 - own_covered)
    return Comparison(
        own_covered=own_covered,
        claim_covered=_share(claim.terms, covered),
        action_covered=_share_of(claim, covered),
        text_covered=_text_share(claim, passage, both_marked),
        verbs_covered=_verbs(claim, covered),
        verbs_near=near.verbs,
        near_held=near.held,
        near_lost=near.lost,
        main_covered=_main_covered(claim, covered),
        claim_size=min(len(claim.terms), _LONG) / _LONG,
        order=_order(claim, passage, covered),
        heaviest_missing=max(missing, default=0.0),
        numbers=_tally_numbers(claim, passage, context),
        dates=_tally_dates(claim, passage, context),
        names=_tally_names(claim, passage, context, story_folded),
        extra_numbers=sum(not any(same_quantity(mine, other) for mine in claim.quantities) for other in passage.quantities),
        extra_names=sum(_is_extra(name, claim) for name in passage.names),
        other_frame=bool(passage.frames - claim.frames),
        opposed=_opposed(claim, passage),
        negation_differs=_negation_differs(claim, passage),
        denial=denial.cue if denial else "",
        denial_points_back=denial.points_back if denial else False,
    )


def coverage(claim: Sought, passage: Profile, context: Profile | None = None, following: Profile | None = None) -> float:
    """The share of a claim's weight that a passage (or the one following it) holds: the cheapest part of a comparison, 0..1."""
    total, held = claim.weight, 0.0
    shares = ((passage, 1.0), (following, 1.0), (context, _OUTSIDE))
    places = [(share, part.concepts, *_spelled(claim, part)) for part, share in shares if part is not None]
    for concept, form, folded, weight in claim.needles:
        for share, concepts, text, marked in places:
            if concept in concepts or (form if marked else folded) in text:
                held += weight * share
                break
    return held / total if total else 0.0


def holds(claim: Sought, passage: Profile, context: Profile | None, following: Profile | None, share: float) -> bool:
    """Is the coverage at least `share`? Looks no further than it takes to say so."""
    left, wanted = claim.weight, share * claim.weight
    shares = ((passage, 1.0), (following, 1.0), (context, _OUTSIDE))
    places = [(credit, part.concepts, *_spelled(claim, part)) for part, credit in shares if part is not None]
    for concept, form, folded, weight in claim.needles:
        left -= weight
        for credit, concepts, text, marked in places:
            if concept in concepts or (form if marked else folded) in text:
                wanted -= weight * credit
                break
        if wanted <= 0:
            return True
        if left < wanted:
            return False
    return wanted <= 0


def _spelled(claim: Sought, passage: Profile) -> tuple[str, bool]:
    """The passage's syllables in the spelling in which the two can be compared, and whether that is the marked one."""
    return (passage.forms, True) if claim.marked and passage.marked else (passage.folded, False)


def _covered(claim: Profile, term: Term, passage: Profile, context: Profile | None, both_marked: bool) -> float:
    if covers(passage, term, both_marked):
        return 1.0
    parts = claim.parts.get(term, ())
    if parts and all(covers(passage, part, both_marked) for part in parts):
        return 1.0
    return _OUTSIDE if context is not None and covers(context, term, both_marked and context.marked) else 0.0


def _share(terms: tuple[Term, ...], covered: dict[int, float]) -> float:
    total = sum(term.weight for term in terms)
    return sum(term.weight * covered[at] for at, term in enumerate(terms)) / total if total else 0.0


def _outside_names(claim: Profile) -> list[tuple[int, Term]]:
    in_names = {at for name in claim.names for at in range(name.first, name.last + 1)}
    return [(at, term) for at, term in enumerate(claim.terms) if not any(place in in_names for place in range(term.first, term.last + 1))]


def _main_covered(claim: Profile, covered: dict[int, float]) -> float:
    main = sorted(_outside_names(claim), key=lambda place: -place[1].weight)[:_MAIN]
    return sum(covered[at] == 1.0 for at, _ in main) / len(main) if main else 0.0


def _share_of(claim: Profile, covered: dict[int, float]) -> float:
    kept = _outside_names(claim)
    total = sum(term.weight for _, term in kept)
    return sum(term.weight * covered[at] for at, term in kept) / total if total else 1.0


def _text_share(claim: Profile, passage: Profile, both_marked: bool) -> float:
    total = passage.weight
    return sum(term.weight for term in passage.terms if covers(claim, term, both_marked)) / total if total else 0.0


def _order(claim: Profile, passage: Profile, covered: dict[int, float]) -> float:
    places: dict[str, list[int]] = {}
    for at, term in enumerate(passage.terms):
        places.setdefault(term.concept, []).append(at)
    pairs = [(left.concept, right.concept) for left, right in zip(claim.terms, claim.terms[1:], strict=False)]
    kept = sum(any(b - a in (1, 2) for a in places.get(left, ()) for b in places.get(right, ())) for left, right in pairs)
    return kept / len(pairs) if pairs else 0.0


def same_quantity(left: Quantity, right: Quantity) -> bool:
    """One amount of one kind of thing, rounded alike?"""
    if left.unit == right.unit == "no" and left.noun != right.noun and not {left.noun, right.noun} & _ANY_ORDINAL:
        return False  # `bão số 12` is not `cấp 12`
    if left.unit == right.unit == "time" and left.noun != right.noun:
        return abs(left.value - right.value) <= _TIME_TOLERANCE * max(left.value, right.value)
    same_unit = left.unit == right.unit or ("" in (left.unit, right.unit) and "no" not in (left.unit, right.unit))
    return same_unit and abs(left.value - right.value) <= _TOLERANCE * max(abs(left.value), abs(right.value))


def _comparable(left: Quantity, right: Quantity) -> bool:
    """Do both count the same kind of thing, so that different values stand against each other?"""
    if left.unit in ("", "no"):
        return left.unit == right.unit and left.noun == right.noun
    return left.unit == right.unit


def _tally_numbers(claim: Profile, passage: Profile, context: Profile | None) -> Tally:
    """A number of the claim stands against one of the passage only if that is no other number of the claim."""
    agree = conflict = missing = 0
    around = context.quantities if context is not None else ()
    others = [other for other in passage.quantities if not any(same_quantity(mine, other) for mine in claim.quantities)]
    for mine in claim.quantities:
        if not mine.value:
            continue  # `mổ mắt 0 đồng` says that it is free
        if any(same_quantity(mine, other) for other in passage.quantities) or (
            mine.unit == "year" and any(date.year == mine.value for date in passage.dates)
        ):
            agree += 1
        elif any(_comparable(mine, other) for other in others):
            conflict += 1
        elif not any(same_quantity(mine, other) for other in around):
            missing += 1  # what only the story's lead says speaks neither for nor against this passage
    return Tally(agree, conflict, missing)


def same_date(mine: DayOfYear, other: DayOfYear) -> bool:
    if _turns(mine, other) or _turns(other, mine):
        return True
    if mine.lunar != other.lunar or (mine.month is not None and other.month is not None and mine.month != other.month):
        return False
    if mine.year is not None and other.year is not None and mine.year != other.year:
        return False
    return mine.day is None or other.day is None or mine.day == other.day or _one_night(mine, other) or _one_night(other, mine)


def _one_night(mine: DayOfYear, other: DayOfYear) -> bool:
    """`đêm 14/11` and `rạng sáng 15/11` name one night."""
    return mine.night and other.dawn and mine.day is not None and other.day == mine.day + 1


def _turns(end: DayOfYear, start: DayOfYear) -> bool:
    """`hết tháng 11` and `từ 1/12` name one moment."""
    if end.month is None or start.month != end.month % 12 + 1 or end.lunar != start.lunar:
        return False
    return start.day in (None, 1) and ((end.day is None and end.ends) or end.day in (30, 31))


def _tally_dates(claim: Profile, passage: Profile, context: Profile | None) -> Tally:
    agree = conflict = missing = 0
    around = context.dates if context is not None else ()
    others = [other for other in passage.dates if not any(same_date(mine, other) for mine in claim.dates)]
    for mine in claim.dates:
        if any(same_date(mine, other) for other in passage.dates):
            agree += 1
        elif others:
            conflict += 1
        elif not any(same_date(mine, other) for other in around):
            missing += 1
    return Tally(agree, conflict, missing)


def _tally_names(claim: Profile, passage: Profile, context: Profile | None, story_folded: str) -> Tally:
    agree = conflict = missing = elsewhere = 0
    for mine in claim.names:
        phrase = f" {' '.join(mine.parts)} "
        if phrase in passage.folded or any(_same_name(mine, other) for other in passage.names):
            agree += 1
        elif any(_other_of_kind(mine, other, claim) for other in passage.names):
            conflict += 1
        elif (context is not None and phrase in context.folded) or phrase in story_folded:
            elsewhere += 1
        else:
            missing += 1
    # `Phòng khám Hoa Gạo ngừng ...` in a story from the claim's province: the sentence is about somebody else.
    if elsewhere and not agree and not conflict and any(_is_foreign(other, claim, context) for other in passage.names):
        return Tally(agree, elsewhere, missing)
    return Tally(agree + elsewhere, conflict, missing)


def _is_extra(name: Name, claim: Profile) -> bool:
    mine = frozenset(name.parts)
    return len(name.parts) > 1 and not any(mine <= frozenset(other.parts) or mine >= frozenset(other.parts) for other in claim.names)


def _is_foreign(other: Name, claim: Profile, context: Profile | None) -> bool:
    if len(other.parts) < 2 or any(_same_name(other, name) for name in claim.names):  # noqa: PLR2004
        return False
    return not (context is not None and f" {' '.join(other.parts)} " in context.folded and not other.head)


def _same_name(mine: Name, other: Name) -> bool:
    if may_be_one(mine.parts, other.parts):
        return True
    short, long = sorted((mine.parts, other.parts), key=len)
    return holds_name(long, Name(short, "", 0, 0))


def _other_of_kind(mine: Name, other: Name, claim: Profile) -> bool:
    if any(_same_name(other, name) for name in claim.names):
        return False
    return bool(mine.head) and mine.head == other.head


def _opposed(claim: Profile, passage: Profile) -> bool:
    """The passage names the other pole of a pair, and not the claim's own."""
    mine, other = claim.poles, passage.poles
    return any(Pole(pole.pair, 1 - pole.side) in other and pole not in other and Pole(pole.pair, 1 - pole.side) not in mine for pole in mine)


def _verbs(claim: Profile, covered: dict[int, float]) -> float:
    verbs = [(at, term) for at, term in enumerate(claim.terms) if term.verb]
    total = sum(term.weight for _, term in verbs)
    return sum(term.weight * covered[at] for at, term in verbs) / total if total else 1.0


def _negation_differs(claim: Profile, passage: Profile) -> bool:
    in_passage, in_claim = negated(passage, claim), negated(claim, passage)
    return (bool(in_passage ^ in_claim) and not in_passage & in_claim) or stays(passage, claim)
