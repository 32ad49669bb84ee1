"""How much a syllable says: inverse document frequency over news titles and leads, learnt once and shipped as numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from nlp.resources import load_artefact
from nlp.text import fold, nfc, tokenize

_MIN_DOCUMENTS = 5
# Closed-class words: they carry grammar (or negation, which is looked at on its own), never the difference between two claims.
_FUNCTION_WORDS = frozenset(
    ["và", "của", "là", "có", "các", "những", "một", "được", "bị", "đã", "đang", "sẽ", "cho", "với", "từ", "trong", "tại", "ở", "khi", "để", "về", "ra", "vào", "này", "đó", "kia", "thì", "mà", "nên", "do", "vì", "như", "cũng", "rất", "hơn", "nhất", "lại", "đến", "tới", "trên", "dưới", "theo", "cùng", "hay", "hoặc", "nếu", "rằng", "thế", "nào", "gì", "ai", "đâu", "sao", "bao", "mấy", "phải", "cần", "chỉ", "vẫn", "còn", "đều", "mọi", "mỗi", "từng", "việc", "điều", "sự", "cái", "con", "chiếc", "người", "ta", "họ", "tôi", "mình", "bạn", "chúng", "ông", "bà", "anh", "chị", "em", "nó", "không", "chưa", "chẳng", "chả", "đừng", "chớ", "hãy", "thôi", "nhé", "nhỉ", "hả", "à", "ạ", "ơi", "vậy", "nha", "nghe", "nói", "tin", "đồn", "đúng", "sai", "thật", "có", "thể", "hôm", "nay", "mai", "qua", "kể", "sắp", "vừa", "mới", "sau", "trước", "lúc", "giờ", "ngày", "tháng", "năm", "lên", "xuống", "đi", "bởi", "tuy", "nhưng", "song", "dù", "ngay", "cả", "gần", "khoảng", "hơn", "trở", "thành", "làm", "the", "a", "an", "of", "to", "in", "on", "at", "is", "are", "was", "were", "be", "been", "by", "for", "from", "with", "and", "or", "that", "this", "it", "its", "as", "will", "has", "have", "had", "not", "no", "do", "does", "did", "their", "they", "he", "she", "you", "we", "i"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TermWeights:
    """Weights in 0..1 for marked and for folded syllables; an unknown syllable weighs 1."""

    by_form: dict[str, float]
    by_folded: dict[str, float]

    def of(self, form: str, folded: str, marked: bool) -> float:
        return self.by_form.get(form, 1.0) if marked else self.by_folded.get(folded, 1.0)


def count_documents(texts: Iterable[str]) -> dict[str, object]:
    """The artefact's content: `n` documents, and in how many each marked syllable stands (rarer than 5 left out)."""
    counts: dict[str, int] = {}
    total = 0
    for text in texts:
        total += 1
        for form in {token.form for token in tokenize(nfc(text)) if token.form.isalpha()}:
            counts[form] = counts.get(form, 0) + 1
    kept = {form: count for form, count in sorted(counts.items()) if count >= _MIN_DOCUMENTS}
    return {"n": total, "documents": kept}


@cache
def term_weights() -> TermWeights:
    """The shipped weights: ln(n / documents), scaled so that a syllable of 5 documents weighs 1; function words weigh 0."""
    artefact = load_artefact("term_weights/weights.json")
    total, documents = artefact["n"], artefact["documents"]
    scale = math.log(total / _MIN_DOCUMENTS)
    folded: dict[str, int] = {}
    for form, count in documents.items():
        folded[fold(form)] = folded.get(fold(form), 0) + count
    by_form = {form: max(0.05, math.log(total / count) / scale) for form, count in documents.items()}
    by_folded = {form: max(0.05, math.log(total / min(count, total)) / scale) for form, count in folded.items()}
    for word in _FUNCTION_WORDS:
        by_form[word] = 0.0
        if folded.get(fold(word), 0) < 2 * documents.get(word, 0):  # most unmarked uses are this word
            by_folded[fold(word)] = 0.0
    return TermWeights(by_form, by_folded)


@cache
def _verbs() -> frozenset[str]:
    return frozenset(load_artefact("term_weights/verbs.json"))


def is_verb(concept: str, form: str) -> bool:
    """Is this word, or the group of synonyms it stands for, mostly a verb in news? (Learnt from tagged titles and leads.)"""
    return form in _verbs() or concept in _verbs()
