"""The word lists of synonyms and antonyms: their form, and that every phrase is found where it stands."""

import unicodedata
from collections import Counter
from functools import cache

import pytest

from nlp.concepts import concepts, find_poles
from nlp.profile import profile
from nlp.resources import read_lines
from nlp.text import nfc, tokenize, unify_tone

LISTS = ("synonyms_vi.txt", "synonyms_en.txt")
Side = frozenset[str]


def words(text: str) -> list[str]:
    return [token.form for token in tokenize(text)]


def concept_at(syllables: list[str], at: int) -> tuple[str, int] | None:
    return concepts(True).longest(syllables, at)


def key(phrase: str) -> str:
    """One spelling for one phrase, as the words of a text come out."""
    return " ".join(unify_tone(nfc(phrase.strip().lower())).replace("-", " ").split())


@cache
def groups(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split("|")) for line in read_lines(name))


@cache
def pairs() -> tuple[tuple[Side, ...], ...]:
    return tuple(tuple(frozenset(key(phrase) for phrase in side.split("|")) for side in line.split("↔")) for line in read_lines("antonyms.txt"))


def twice(names: tuple[str, ...]) -> list[str]:
    counts = Counter(phrase for name in names for group in groups(name) for phrase in {key(one) for one in group})
    return sorted(phrase for phrase, count in counts.items() if count > 1)


@pytest.mark.parametrize("name", LISTS)
def test_every_group_has_two_phrases_at_least_and_none_is_empty(name: str) -> None:
    assert groups(name)
    for group in groups(name):
        assert all(phrase.strip() for phrase in group), group
        assert len({phrase.strip() for phrase in group}) == len(group) >= 2, group


@pytest.mark.parametrize("name", [*LISTS, "antonyms.txt"])
def test_spelling_is_small_composed_and_of_the_older_tone_placement(name: str) -> None:
    for line in read_lines(name):
        assert line == unicodedata.normalize("NFC", line), line
        assert line == line.lower(), line
        assert line == unify_tone(line), line


@pytest.mark.parametrize("name", LISTS)
def test_no_phrase_stands_in_two_groups_of_a_list(name: str) -> None:
    assert twice((name,)) == []


@pytest.mark.parametrize("word", ["vaccine", "app", "passport", "drone"])
def test_a_word_of_both_languages_joins_its_groups(word: str) -> None:
    (vi,), (en,) = ([group for group in groups(name) if word in map(str.strip, group)] for name in LISTS)
    assert len({concept_at(words(phrase), 0)[0] for phrase in (*vi, *en)}) == 1  # type: ignore[index]


def test_phrases_of_a_group_are_one_concept() -> None:
    for text in ("thiệt mạng", "tử vong", "qua đời"):
        found = concept_at(words(text), 0)
        assert found is not None
        assert found == (found[0], 1)
        assert found[0] == concept_at(words("chết"), 0)[0]  # type: ignore[index]


def test_the_longest_phrase_is_taken() -> None:
    whole = concept_at(words("gây ung thư"), 0)
    part = concept_at(words("ung thư"), 0)
    assert whole is not None and part is not None
    assert whole[1] == 2
    assert whole[0] != part[0]


def test_an_unknown_word_has_no_concept() -> None:
    assert concept_at(words("trúc lam"), 0) is None


@pytest.mark.parametrize(
    "spelling", ["hỏa hoạn", "hoả hoạn", "HỎA HOẠN", unicodedata.normalize("NFD", "hỏa hoạn")], ids=["older", "newer", "capitals", "decomposed"]
)
def test_a_phrase_is_found_in_every_spelling(spelling: str) -> None:
    assert profile(spelling).terms[0].concept == profile("hỏa hoạn").terms[0].concept
    assert profile("hỏa hoạn").terms[0].last == 1


def reachable(phrase: str) -> bool:
    """Is this phrase found as a whole where it stands alone?"""
    tokens = words(nfc(phrase.strip()))
    found = concept_at(tokens, 0)
    return found is not None and found[1] == len(tokens) - 1


def test_nearly_every_phrase_can_be_found() -> None:
    every = [phrase for name in LISTS for group in groups(name) for phrase in group]
    assert sum(not reachable(phrase) for phrase in every) <= 0.02 * len(every)


def test_every_phrase_can_be_found() -> None:
    assert [phrase.strip() for name in LISTS for group in groups(name) for phrase in group if not reachable(phrase)] == []


# --- antonyms ------------------------------------------------------------------------------------------------------------


def test_every_pair_has_two_sides_without_a_common_phrase() -> None:
    assert pairs()
    for pair in pairs():
        assert len(pair) == 2, pair
        assert all(phrase for side in pair for phrase in side), pair
        assert not pair[0] & pair[1], pair


def test_no_phrase_is_a_pole_twice() -> None:
    counts = Counter(phrase for pair in pairs() for side in pair for phrase in side)
    assert [phrase for phrase, count in counts.items() if count > 1] == []


def test_poles_do_not_stand_within_one_group_of_synonyms() -> None:
    group_of = {key(phrase): (name, at) for name in reversed(LISTS) for at, group in enumerate(groups(name)) for phrase in group}
    for left, right in pairs():
        shared = {group_of[phrase] for phrase in left if phrase in group_of} & {group_of[phrase] for phrase in right if phrase in group_of}
        assert not shared, (left, right)


def test_both_poles_of_a_pair_are_told_apart() -> None:
    more, less = (find_poles(words(word), True) for word in ("tăng", "giảm"))
    assert len(more) == len(less) == 1
    (one,), (other,) = more, less
    assert (one.pair, one.side) == (other.pair, 1 - other.side)


def test_the_longer_pole_hides_the_shorter_one() -> None:
    assert find_poles(words("không bắt buộc"), True) == find_poles(words("tự nguyện"), True)
    assert find_poles(words("không bắt buộc"), True) != find_poles(words("bắt buộc"), True)
