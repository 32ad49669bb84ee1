"""A story as passages: its title, its sentences, and each pair of neighbours, with their offsets in the text."""

from dataclasses import dataclass
from functools import cached_property

from underthesea import sent_tokenize

from nlp.denial import denies
from nlp.profile import Profile, profile, reads_as_marked
from nlp.text import Token, expand_chat, has_diacritics, nfc, tokenize

TITLE_OFFSET = -1
_MAX_SENTENCES = 400
_MAX_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its place in the story's text; offset -1 is the title."""

    text: str
    offset: int


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """Sentences of a text (NFC), each cut out unchanged; at most 400, each at most 1,000 characters."""
    found: list[Sentence] = []
    start = 0
    for line in text.split("\n"):
        at = start
        for part in sent_tokenize(line):
            place = text.find(part, at)
            if place < 0:  # the tokenizer moved blanks: keep the line whole rather than quote what is not there
                found.append(Sentence(line[:_MAX_CHARS], start))
                break
            found.append(Sentence(part[:_MAX_CHARS], place))
            at = place + len(part)
        start += len(line) + 1
        if len(found) >= _MAX_SENTENCES:
            break
    return tuple(sentence for sentence in found[:_MAX_SENTENCES] if sentence.text.strip())


class Reading:
    """A story taken apart, each part only when it is first asked for: most stories are left after a look at their theme."""

    def __init__(self, title: str, text: str) -> None:
        self.title_text = nfc(title)
        self.text = nfc(text)
        self.marked = has_diacritics(self.title_text + self.text) or None
        self._pairs: dict[int, Profile] = {}

    @cached_property
    def title(self) -> Profile:
        return profile(self.title_text, self.marked)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return split_sentences(self.text)

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        return tuple(profile(sentence.text, self.marked) for sentence in self.sentences)

    @cached_property
    def lead(self) -> Profile:
        """Title and first sentence: where a story says whom, where and when it is about."""
        first = self.sentences[0].text if self.sentences else ""
        return profile(f"{self.title_text}. {first}", self.marked)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All syllables of title and text: enough for a look at the theme, before anything is taken apart."""
        return tokenize(f"{self.title_text}\n{self.text}")

    @cached_property
    def whole(self) -> Profile:
        """Title and text as one passage: enough to see which claims' words stand in it anywhere."""
        tokens = expand_chat(self.tokens)
        return Profile(f"{self.title_text}\n{self.text}", tokens, self.marked or reads_as_marked(self.text, tokens))

    @cached_property
    def folded(self) -> str:
        return self.title.folded + "".join(part.folded for part in self.profiles)

    def pair_text(self, at: int) -> str:
        """The words of that sentence and the next one, as they stand in the story."""
        after = self.sentences[at + 1]
        return self.text[self.sentences[at].offset : after.offset + len(after.text)]

    def pair(self, at: int) -> Profile:
        """The sentence at `at` together with the next one."""
        if at + 1 >= len(self.sentences):
            return self.profiles[at]
        if at not in self._pairs:
            self._pairs[at] = profile(self.pair_text(at), self.marked)
        return self._pairs[at]

    @cached_property
    def denying(self) -> tuple[int, ...]:
        """The sentences that call something untrue, whatever it is."""
        return tuple(at for at, part in enumerate(self.profiles) if denies(part))
