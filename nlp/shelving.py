"""What a published story is about, for press clipping: subject, theme, places, sectors. Never how it is told, never who is in it.

title and lead | Media Topic | theme | provinces | sectors
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from kiemtin.domain.coverage import Sector, Shelf, Subject, Watchlist
from nlp.phrases import PhraseTable, phrase_table
from nlp.places import province_names
from nlp.profile import profile
from nlp.resources import read_lines
from nlp.text import Token, fold, has_diacritics, nfc, tokenize, unify_tone
from nlp.themes import theme_of
from nlp.topics import IPTC, topic_model

LEAD = 400  # characters of the body: what a story is about stands at its top
_MEKONG = "dong bang song cuu long"
# The delta's five provinces since the mergers of 1 July 2025 (Long An, joined to Tây Ninh, is left out with it).
MEKONG_PROVINCES = frozenset(["can tho", "an giang", "ca mau", "dong thap", "vinh long"])
_MEKONG_NAMES = frozenset([_MEKONG, "dbscl", "tay nam bo", "mekong delta"])


class Telling(NamedTuple):
    """What shelving and clustering read of a story."""

    title: str
    lead: str

    @property
    def text(self) -> str:
        return f"{self.title}. {self.lead}"


def telling_of(title: str, text: str) -> Telling:
    """The title, and the beginning of the body up to a word's end."""
    lead = " ".join(text[: 2 * LEAD].split())
    return Telling(title, lead if len(lead) <= LEAD else lead[:LEAD].rpartition(" ")[0])


def shelve(tellings: Sequence[Telling]) -> list[Shelf]:
    """One shelf a story, in order."""
    subjects = topic_model(IPTC).label([telling.text for telling in tellings])
    return [_shelf(telling, Subject(subject)) for telling, subject in zip(tellings, subjects, strict=True)]


def _shelf(telling: Telling, subject: Subject) -> Shelf:
    passage = profile(telling.text)
    theme = theme_of(passage.tokens, passage.marked)
    # English writes `Can Tho`: without any diacritics names are looked for without them.
    named = passage if has_diacritics(telling.text) else profile(telling.text, marked=False)
    places = frozenset(place.province for place in named.places)
    places |= _regions(passage.tokens)
    return Shelf(subject, theme.value if theme else None, places, _sectors(passage.tokens, passage.marked))


def _regions(tokens: tuple[Token, ...]) -> frozenset[str]:
    """`miền tây` alone is not looked for: every country has one."""
    folded = f" {' '.join(token.folded for token in tokens)} "
    return frozenset([_MEKONG]) if any(f" {name} " in folded for name in _MEKONG_NAMES) else frozenset()


def _sectors(tokens: tuple[Token, ...], marked: bool) -> frozenset[Sector]:
    table = _phrases(marked)
    words = [token.form if marked else token.folded for token in tokens]
    return frozenset(sector for found in table.every(words, 0, len(words) - 1) for sector in found)


@cache
def _phrases(marked: bool) -> PhraseTable[frozenset[Sector]]:
    """Without diacritics only phrases of two syllables and more say enough."""
    found: dict[str, set[Sector]] = {}
    for line in read_lines("sectors.txt"):
        name, _, phrases = line.partition("|")
        for phrase in phrases.split(","):
            form = " ".join(token.form for token in tokenize(unify_tone(nfc(phrase.strip()))))
            if marked or " " in form:
                found.setdefault(form if marked else fold(form), set()).add(Sector(name.strip()))
    return phrase_table({form: frozenset(sectors) for form, sectors in found.items()})


def is_on(watchlist: Watchlist, shelf: Shelf, folded: str, forms: str = "") -> bool:
    """Is the story on the list? For its public free terms `folded`: title and lead as folded syllables between blanks; `forms`: the same
    as written, where they are written with diacritics ("bão" is not "báo")."""
    terms = [term.text for term in watchlist.terms if term.is_public]
    kinds = (
        (watchlist.places, bool(watchlist.places & _with_region(shelf.places))),
        (watchlist.sectors, bool(watchlist.sectors & shelf.sectors)),
        (watchlist.subjects, shelf.subject in watchlist.subjects),
        (terms, any(_stands(term, folded, forms) for term in terms)),
    )
    asked = [met for wanted, met in kinds if wanted]
    return bool(asked) and all(asked)


def _stands(term: str, folded: str, forms: str) -> bool:
    tokens = tokenize(unify_tone(nfc(term)))
    if forms and has_diacritics(term):
        return f" {' '.join(token.form for token in tokens)} " in forms
    return f" {' '.join(token.folded for token in tokens)} " in folded


def _with_region(places: frozenset[str]) -> frozenset[str]:
    return places | {_MEKONG} if places & MEKONG_PROVINCES else places


@cache
def listed_places() -> dict[str, str]:
    """Places that a watchlist can ask for: today's provinces, and the Mekong delta; key and name as written."""
    return {**province_names(), _MEKONG: "Đồng bằng sông Cửu Long"}
