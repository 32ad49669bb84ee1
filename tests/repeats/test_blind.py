"""Posts written by somebody who had not read the code (blind.jsonl): 30 invented claims; nothing else may be counted for them, and not much less than was reached."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kiemtin.domain.repeats import Said
from nlp.repeats.board import Board

ROWS: list[dict[str, Any]] = [json.loads(line) for line in (Path(__file__).parent / "blind.jsonl").read_text("utf-8").splitlines()]
CLAIMS = sorted({row["claim"] for row in ROWS if row["claim"]})


@pytest.fixture(scope="module")
def answers() -> dict[int, tuple[str, Said]]:
    return {text: (CLAIMS[claim], said) for text, claim, said in Board(CLAIMS).compare([row["text"] for row in ROWS])}


def test_the_set_is_whole() -> None:
    assert Counter(row["kind"] for row in ROWS) == {"repeat": 180, "other": 150, "none": 100, "denial": 60, "paraphrase": 30}


def test_what_says_something_else_is_counted_for_nothing(answers: dict[int, tuple[str, Said]]) -> None:
    assert [(row["text"], answers[at]) for at, row in enumerate(ROWS) if at in answers and row["kind"] in ("other", "none")] == []


def test_nothing_is_counted_for_another_claim_and_no_denial_as_a_repeat(answers: dict[int, tuple[str, Said]]) -> None:
    assert [ROWS[at]["text"] for at, (claim, _) in answers.items() if claim != ROWS[at]["claim"]] == []
    assert [ROWS[at]["text"] for at, (_, said) in answers.items() if said is Said.REPEAT and ROWS[at]["kind"] == "denial"] == []


@pytest.mark.parametrize(("kind", "said", "floor"), [("repeat", Said.REPEAT, 0.68), ("denial", Said.DENIAL, 0.38)])
def test_not_less_is_found_than_was_reached(answers: dict[int, tuple[str, Said]], kind: str, said: Said, floor: float) -> None:
    """124 of 180 repeats, 23 of 60 denials. Four repeats are taken for denials."""
    mine = [at for at, row in enumerate(ROWS) if row["kind"] == kind]
    assert sum(at in answers and answers[at][1] is said for at in mine) / len(mine) >= floor
