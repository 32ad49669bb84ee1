"""Term weights, verbs and word vectors."""

import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nlp.text import nfc, unify_tone
from nlp.training.corpus import ARTICLES, HEADLINES, rows, titles_and_leads
from nlp.weights import count_documents

_TAGGED_ITEMS = 14_000
_VERB_SHARE, _VERB_COUNT = 0.6, 8
_ARTICLE_CHARS = 1_500
_DIMENSIONS, _WINDOW, _MIN_COUNT, _EPOCHS = 64, 6, 15, 5


def learn_weights(corpus: Path) -> dict[str, object]:
    """In how many titles and leads each syllable stands: all of daily_news, every second item of tc201805."""
    headlines = (row["text"] for number, row in enumerate(rows(corpus, HEADLINES)) if number % 2 == 0)
    return count_documents([*titles_and_leads(corpus), *headlines])


def learn_verbs(corpus: Path) -> list[str]:
    """Words that underthesea tags as verbs at least 60 % of at least 8 times, over 14,000 items (seed 0)."""
    from underthesea import pos_tag

    texts = list(titles_and_leads(corpus))
    random.Random(0).shuffle(texts)
    seen: Counter[str] = Counter()
    verbs: Counter[str] = Counter()
    for text in texts[:_TAGGED_ITEMS]:
        for word, tag in pos_tag(text[:600]):
            seen[word.lower()] += 1
            verbs[word.lower()] += tag == "V"
    enough = (word for word, count in seen.items() if count >= _VERB_COUNT and verbs[word] >= _VERB_SHARE * count)
    return sorted(word for word in enough if len(word.split()) <= 3 and word.replace(" ", "").isalpha())  # noqa: PLR2004


def learn_vectors(corpus: Path) -> bytes:
    """Skip-gram vectors as an `.npz` of words and signed bytes. Two runs differ in the last digits: training is threaded."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        list(_sentences(corpus)),
        vector_size=_DIMENSIONS,
        window=_WINDOW,
        min_count=_MIN_COUNT,
        sg=1,
        negative=8,
        epochs=_EPOCHS,
        workers=2,
        seed=1,
        sample=1e-4,
    )
    words = [word for word in model.wv.index_to_key if len(word) > 1 and len(word.split()) <= 4 and not re.search(r"\d", word)]  # noqa: PLR2004
    vectors = np.array([model.wv[word] for word in words])
    scaled = np.clip(np.round(vectors * 127 / np.abs(vectors).max(axis=1, keepdims=True)), -127, 127).astype(np.int8)
    out = io.BytesIO()
    np.savez_compressed(out, words=np.array(words, dtype="U"), vectors=scaled)
    return out.getvalue()


def _sentences(corpus: Path) -> Iterator[list[str]]:
    articles = (row["text"][:_ARTICLE_CHARS] for number, row in enumerate(rows(corpus, ARTICLES)) if number % 2 == 0)
    for text in (*titles_and_leads(corpus), *articles):
        for number, words in enumerate(_segmented(text)):
            yield words
            if number % 3 == 0:  # so that syllables have vectors of their own too
                yield [syllable for word in words for syllable in word.split()]


def _segmented(text: str) -> Iterator[list[str]]:
    from underthesea import sent_tokenize, word_tokenize

    for sentence in sent_tokenize(nfc(text)):
        words = [unify_tone(word.lower()) for word in word_tokenize(sentence[:600])]
        yield [word for word in words if re.search(r"[^\W\d_]", word)]
