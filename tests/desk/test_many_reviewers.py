"""Many people at once over real HTTP, and a server that is killed meanwhile: the benchmarks' own checks, at a small size."""

import pytest

from benchmarks import desk_kills, desk_load


@pytest.mark.slow
def test_ten_people_lose_nothing_and_do_nothing_twice() -> None:
    document = desk_load.run(desk_load.SMALL, seed=7)
    assert document["faults"] == []
    assert document["accepted"] >= desk_load.SMALL.decisions
    answers = document["answers"]
    assert answers["409"] > 0 and answers["403"] > 0, "conflicts on purpose"
    assert set(answers) <= {"303", "403", "409", "422"}
    assert document["versions"] > 0 and document["webhook_keys"] == document["versions"]


@pytest.mark.slow
def test_what_was_confirmed_outlives_the_server() -> None:
    document = desk_kills.run(desk_load.Size(people=6, decisions=40), kills=2, seed=7)
    assert document["faults"] == []
    assert len(document["kills"]) == 2
    assert document["accepted"] >= 40 and document["lines"] == document["accepted"] + document["unanswered_and_done"]
    assert document["webhook_keys"] == document["versions"] > 0
