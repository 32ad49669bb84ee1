"""The decision log's chain: any change, gap, insertion or re-ordering is found at its line; erased words leave it whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.chain import START, first_break, seal, text_digest
from kiemtin.domain.reviews import Decision

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def log(size: int) -> list[Decision]:
    lines: list[Decision] = []
    for at in range(1, size + 1):
        previous = lines[-1].digest if lines else START
        words = text_digest(f"muối {at}", f"lời {at}")
        lines.append(seal(Decision(at, f"a{at % 3}", "rate", "new", "rated", "s1", NOW + timedelta(minutes=at), words, previous, "")))
    return lines


def test_a_whole_chain_has_no_break() -> None:
    assert first_break([]) is None
    assert first_break(log(20)) is None


@given(st.integers(1, 12), st.sampled_from(["subject", "action", "before", "after", "by", "text_digest", "previous", "digest"]))
def test_a_changed_field_breaks_it_there(at: int, name: str) -> None:
    lines = log(12)
    lines[at - 1] = replace(lines[at - 1], **{name: "khác"})
    assert first_break(lines) == at


@given(st.integers(1, 12))
def test_a_changed_time_breaks_it_there(at: int) -> None:
    lines = log(12)
    lines[at - 1] = replace(lines[at - 1], at=NOW)
    assert first_break(lines) == at


@given(st.integers(1, 11))
def test_a_line_taken_out_or_two_changed_round_break_it(at: int) -> None:
    lines = log(12)
    assert first_break(lines[: at - 1] + lines[at:]) == at
    assert first_break([*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]]) == at


def test_a_line_that_was_sealed_anew_breaks_the_next_one() -> None:
    lines = log(5)
    lines[2] = seal(replace(lines[2], by="kẻ khác"))
    assert first_break(lines) == 4


def test_words_and_salt_are_both_needed() -> None:
    assert text_digest("a", "b") != text_digest("", "ab")
    assert text_digest("a", "b") != text_digest("c", "b")
