"""Real headlines that deny or question a rumour: how many are taken for a repeat of it?

Labels are the repository's own (`tests/nlp/denials.jsonl`: row ids, what the title does, and for about a third the rumour in our own
words); the texts are read from the shared data. Each headline is held against the rumour, once alone (`check`) and once as a story.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import measure
from kiemtin.domain.claims import ClaimMatch, Relation
from nlp.decision import match_text
from nlp.match import Candidate, Lead, match_story
from nlp.profile import Profile, profile
from nlp.proposition import proposition
from nlp.sentences import Reading
from nlp.text import fold

_LABELS = measure.REPOSITORY / "tests" / "nlp" / "denials.jsonl"
_NEWS = "daily_news_2025-08_2026-05.jsonl.gz"
_DENYING = ("yes", "open")


class _One:
    """A shelf with one check on it."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate

    def leads(self, _keys: Sequence[str]) -> list[Lead]:
        return [Lead(self._candidate.review_id, (self._candidate.claim,))]

    def load(self, _ids: Sequence[str]) -> Mapping[str, Candidate]:
        return {self._candidate.review_id: self._candidate}


def count_taken(shared: Path) -> dict[str, Any]:
    """For headlines that deny and for those that only raise a rumour, marked and unmarked: how many were linked to it as repeats.

    A rumour is the headline's own proposition where something could be stripped from it, and the one in our own words where there is one.
    """
    labels = {row["id"]: row for row in map(json.loads, _LABELS.read_text("utf-8").splitlines()) if row["denies"] in _DENYING}
    items = {row["id"]: row for row in measure.read_rows(shared / _NEWS) if row["id"] in labels}
    counts: Counter[str] = Counter()
    taken: list[str] = []
    for key, item in items.items():
        kind = "denying" if labels[key]["denies"] == "yes" else "raising"
        counts[kind] += 1
        claims = {proposition(item["title"]), *labels[key].get("texts", ())[:1]} - {item["title"], ""}
        for spell in (str, fold):
            found = [_held_against(profile(claim), spell(item["title"]), spell(item["summary"] or "")) for claim in claims]
            for way in ("by_check", "by_story"):
                is_taken = any(_is_repeat(match[way]) for match in found)
                counts[f"{kind}, {'unmarked' if spell is fold else 'marked'}, {way}"] += is_taken
                if is_taken:
                    taken.append(key)
    return {**dict(sorted(counts.items())), "taken": sorted(set(taken))}


def _held_against(claim: Profile, title: str, summary: str) -> dict[str, ClaimMatch | None]:
    candidate = Candidate("rumour", claim)
    return {"by_check": match_text(candidate, profile(title)), "by_story": next(iter(match_story(Reading(title, summary), _One(candidate))), None)}


def _is_repeat(match: ClaimMatch | None) -> bool:
    return match is not None and match.linked and match.relation is Relation.SAME


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.denials", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    shared = measure.shared_data()
    if shared is None:
        measure.say("The shared data is absent (KIEMTIN_SHARED_DATA or ../shared/data): nothing to measure.")
        return 1
    found = count_taken(shared)
    if chosen.json:
        json.dump(found, sys.stdout, ensure_ascii=False)
    else:
        print("\n".join(f"{name:20} {value}" for name, value in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
