"""Many texts at once as the numbers of the watched words they hold: folded, chat spellings written out, words without weight left out.

texts | one string | letters by table | words as 60-bit keys | numbers of known words, in order
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from nlp.repeats.arrays import Rows
from nlp.text import CHAT, fold, same_spelling
from nlp.weights import term_weights

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

MAX_CHARS = 3_000  # of one text; a claim that stands only behind them is not counted
_BREAK = "\x1e"  # between two texts
_DROP, _SPACE = 0, 32  # what the table says of characters that hide words, and of those that end them
_CODES = 0x2100
_LETTERS, _BITS = 10, 6  # of a word, so many letters at six bits each make its key
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
# `50.000 đồng` is `50k` as well, and `ba xã` is `3 xã`: figures are read elsewhere.
_OF_FIGURES = frozenset(
    [
        "trieu",
        "dong",
        "nghin",
        "ngan",
        "ty",
        "ti",
        "tram",
        "chuc",
        "muoi",
        "mot",
        "hai",
        "ba",
        "bon",
        "tu",
        "nam",
        "sau",
        "bay",
        "tam",
        "chin",
        "nua",
        "ruoi",
    ]
)
_SYLLABLE = re.compile(r"[bcdghklmnpqrstvx]*[aeiouy]+(?:ch|ng|nh|[cmnpt])?")
_NOT_PLAIN = re.compile("[\u0300-\u036f\u1d00-\u1dff\u2100-\u214f\u2460-\u24ff\uff00-\uffef\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]")
_TRIPLE = re.compile(r"(.)\1{2,}")  # as `_letters` leaves it
_TAG = re.compile(r"#(\w+)")


def _table() -> npt.NDArray[np.uint8]:
    """For each character the small plain letter that it stands for, or what it does to a word."""
    table = np.full(_CODES, _SPACE, dtype=np.uint8)
    for code in range(_CODES):
        char = chr(code)
        plain = fold(unicodedata.normalize("NFC", char)).lower()
        if len(plain) == 1 and plain in _ALPHABET:
            table[code] = ord(plain)
        elif unicodedata.category(char) in ("Mn", "Cf") or code in (0, 0x00AD):
            table[code] = _DROP
    table[ord(_BREAK)] = ord(_BREAK)
    return table


_PLAIN = _table()
_CODE = np.zeros(128, dtype=np.uint64)
_CODE[[ord(letter) for letter in _ALPHABET]] = np.arange(1, len(_ALPHABET) + 1)


def open_tags(text: str) -> str:
    """`#UốngNướcChanh` as three words, in small letters: that they begin with capitals says nothing."""
    return _TAG.sub(_opened, text) if "#" in text else text


def _opened(tag: re.Match[str]) -> str:
    joined = tag[1]
    starts = [at for at in range(1, len(joined)) if joined[at].isupper() and not (joined[at - 1].isupper() and joined[at : at + 2].isupper())]
    return " ".join(["", *(joined[start:end] for start, end in pairwise([0, *starts, len(joined)])), ""]).lower()


def compose(text: str) -> str:
    """One spelling of each character: composed, letters of fancy alphabets as plain ones (NFKC). Looks first, as most texts need nothing."""
    return unicodedata.normalize("NFKC", text) if _NOT_PLAIN.search(text) else text


def key_of(word: str) -> int:
    """A folded word as a number: its first ten letters."""
    return sum((_ALPHABET.index(letter) + 1) << (_BITS * at) for at, letter in enumerate(word[:_LETTERS]))


def _word_of(key: int) -> str:
    letters = [(key >> (_BITS * at)) & (2**_BITS - 1) for at in range(_LETTERS)]
    return "".join(_ALPHABET[letter - 1] for letter in letters if letter)


@dataclass(frozen=True, slots=True)
class Spelled:
    """The known words of a batch of texts: `words[i]` stands in text `texts[i]`; both in order."""

    words: Ints
    texts: Ints


class Vocabulary:
    """The words that weigh anything in the watched claims, each under all its spellings; figures too, without weight: they are spelled in too many ways."""

    def __init__(self, claims: Sequence[str]) -> None:
        weights = term_weights().by_folded
        heard = [word for key in np.unique(_keys_of(claims)[0]).tolist() for word in _written_out(_word_of(key))]
        self._number = {word: number for number, word in enumerate(sorted({word for word in heard if weights.get(word, 1.0) > 0} - _OF_FIGURES))}
        self.weight = np.array([0.0 if word[0].isdigit() else weights.get(word, 1.0) for word in self._number])
        spellings = self._spellings()
        order = sorted(spellings)
        self._keys: Keys = np.array(order, dtype=np.uint64)
        self._written = Rows.of([spellings[key] for key in order])

    def __len__(self) -> int:
        return len(self._number)

    def _spellings(self) -> dict[int, tuple[int, ...]]:
        """Under each key what it writes: the word itself, else the words that a chat spelling stands for."""
        found: dict[int, tuple[int, ...]] = {key_of(word): (number,) for word, number in self._number.items()}
        for word, number in self._number.items():
            if word.endswith("i"):
                found.setdefault(key_of(word[:-1] + "y"), (number,))
        for short, written in _chat_words().items():
            numbers = tuple(self._number[word] for word in written if word in self._number)
            if numbers:
                found.setdefault(key_of(_TRIPLE.sub(r"\1", short)), numbers)
        return found

    def spell(self, texts: Sequence[str]) -> Spelled:
        """The known words of these texts, each text as far as 3,000 characters."""
        keys, owners = _keys_of(texts)
        if not len(keys) or not len(self._keys):
            return Spelled(np.empty(0, np.int64), np.empty(0, np.int64))
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = np.flatnonzero(self._keys[at] == keys)
        words, places = self._written.gather(at[known])
        return Spelled(words, owners[known][places])


@cache
def _chat_words() -> dict[str, tuple[str, ...]]:
    return {fold(short): tuple(same_spelling(fold(word)) for word in written.split()) for short, written in CHAT.items() if short.isalpha()}


def _written_out(word: str) -> tuple[str, ...]:
    """A claim's word as it is; an abbreviation that could be no syllable (`ubnd`) written out."""
    return (same_spelling(word),) if _SYLLABLE.fullmatch(word) or word[0].isdigit() else _chat_words().get(word, (word,))


def _keys_of(texts: Sequence[str]) -> tuple[Keys, Ints]:
    """Every word's key, and the text in which it stands."""
    letters = _letters(texts)
    is_letter = letters > _SPACE
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_letter, [False])).astype(np.int8)))
    starts, ends = edges[0::2], edges[1::2]
    keys = np.zeros(len(starts), dtype=np.uint64)
    padded = np.concatenate((letters, np.zeros(_LETTERS, dtype=np.uint8)))
    for at in range(_LETTERS):
        longer = np.flatnonzero(ends - starts > at)
        if not len(longer):
            break
        keys[longer] |= _CODE[padded[starts[longer] + at]] << np.uint64(_BITS * at)
    return keys, np.searchsorted(np.flatnonzero(letters == ord(_BREAK)), starts)


def _letters(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """All texts as plain small letters, breaks between them; letters that stand three times and more in a row once."""
    joined = open_tags(_joined(texts))
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    letters = np.where(codes < _CODES, _PLAIN[np.minimum(codes, _CODES - 1)], np.uint8(_SPACE))
    letters = letters[letters != _DROP]
    same = np.zeros(len(letters) + 1, bool)  # as the one before; the last place stands for what follows the text
    same[1:-1] = (letters[1:] == letters[:-1]) & (letters[1:] > _SPACE)
    thrice = same[:-1] & (np.concatenate(([False], same[:-2])) | same[1:]) if len(letters) else same[:-1]
    once: npt.NDArray[np.uint8] = letters[~thrice]
    return once


def _joined(texts: Sequence[str]) -> str:
    joined = _BREAK.join([compose(text[:MAX_CHARS]) for text in texts])
    if joined.count(_BREAK) == len(texts) - 1:
        return joined
    return _BREAK.join([compose(text[:MAX_CHARS]).replace(_BREAK, " ") for text in texts])  # somebody writes with breaks
