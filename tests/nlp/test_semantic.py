"""Dense candidates: off unless a model directory is named; nothing is downloaded; a near vector links nothing by itself."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiemtin.config import Config
from kiemtin.errors import ConfigError
from nlp.semantic import DenseShelf, SentenceEncoder

INSTALLED = importlib.util.find_spec("sentence_transformers") is not None
NEEDS_EXTRA = pytest.mark.skipif(not INSTALLED, reason="not run: kiemtin[semantic] is not installed (torch, 5 GB)")
WORDS = ("đập", "vỡ", "nước", "học", "sinh", "nghỉ", "phí", "xe", "[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]")


class ByLetters:
    """Counts of letters as vectors: enough to see that the nearest comes first."""

    def encode(self, texts: Sequence[str]) -> Any:
        rows = np.array([[text.count(chr(code)) for code in range(ord("a"), ord("z") + 1)] for text in texts], np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def test_the_nearest_comes_first_and_ties_go_by_id() -> None:
    shelf = DenseShelf(ByLetters(), [("b", "abab"), ("a", "abab"), ("c", "xyz")])
    assert [found for found, _ in shelf.find("ab", 2)] == ["a", "b"]
    assert shelf.find("ab", 2)[0][1] == pytest.approx(1.0)


def test_an_empty_shelf_finds_nothing() -> None:
    assert DenseShelf(ByLetters(), []).find("ab", 5) == []


def test_it_is_off_by_default() -> None:
    assert Config().semantic_model == ""


@pytest.mark.skipif(INSTALLED, reason="the extra is installed here")
def test_without_the_extra_the_refusal_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"kiemtin\[semantic\]") as caught:
        SentenceEncoder(tmp_path)
    assert "\n" not in str(caught.value)


@NEEDS_EXTRA
@pytest.mark.filterwarnings("default")  # torch's own
def test_a_tiny_model_made_here_is_loaded_from_its_directory(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    bert = tmp_path / "bert"
    bert.mkdir()
    (bert / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    BertTokenizer(str(bert / "vocab.txt"), do_lower_case=True).save_pretrained(bert)
    BertModel(BertConfig(vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)).save_pretrained(
        bert
    )
    part = Transformer(str(bert))
    SentenceTransformer(modules=[part, Pooling(part.get_word_embedding_dimension())], device="cpu").save(str(tmp_path / "model"))

    encoder = SentenceEncoder(tmp_path / "model")
    vectors = encoder.encode(["đập vỡ", "học sinh nghỉ học"])
    assert vectors.shape == (2, 16) and np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-4)
    shelf = DenseShelf(encoder, [("dam", "đập vỡ"), ("school", "học sinh nghỉ học")])
    assert shelf.find("đập vỡ", 1)[0][0] == "dam"


@NEEDS_EXTRA
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("content", [{}, {"config.json": "{"}, {"modules.json": json.dumps([{"type": "os.system"}])}])
def test_a_directory_that_is_no_model_is_refused(tmp_path: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ConfigError):
        SentenceEncoder(tmp_path)
    with pytest.raises(ConfigError):
        SentenceEncoder(tmp_path / "nowhere")
