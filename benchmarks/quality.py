"""The language core on labelled texts: pairs nobody trained on, opinions written blind, real rumours against real headlines.

The pairs, opinions and rumours are the repository's own; the headlines are read from the shared data.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from benchmarks.denials import count_taken
from kiemtin.evaluation.scores import interval, macro_f1
from kiemtin.pipeline.checks import Checker
from kiemtin.pipeline.intake import import_factchecks
from kiemtin.pipeline.workspace import open_workspace, utc_now
from nlp.decision import SUGGEST, decide, match_text, threshold
from nlp.denial import is_check_title
from nlp.match import Candidate
from nlp.profile import profile
from nlp.proposition import proposition
from nlp.scope import scope_of
from nlp.text import fold, nfc
from nlp.training.decision import is_for_training

_TEXTS = measure.REPOSITORY / "tests" / "nlp"
_NEWS = "daily_news_2025-08_2026-05.jsonl.gz"
_CLASSES = ("same", "opposite", "related", "none")
_HEADLINES = 3_000


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_TEXTS / name).read_text("utf-8").splitlines()]


def pairs(spell: Callable[[str], str]) -> dict[str, Any]:
    """The test part: macro F1 of the four classes, and `same` at both thresholds, with intervals over events."""
    rows = _rows("pairs_test.jsonl")
    gold = np.array([row["label"] for row in rows])
    likeliest, linked, suggested = [], [], []
    for row in rows:
        claim, text = profile(proposition(row["claim"])), profile(spell(nfc(row["text"])))
        found, match = decide(claim, text), match_text(Candidate("one", claim), text)
        likeliest.append(_CLASSES[int(np.argmax(found.probabilities))])
        linked.append(bool(match and match.linked))
        suggested.append(found.same >= threshold(SUGGEST))
    groups = [row["event"] for row in rows]
    columns = {"macro_f1": (macro_f1(_CLASSES), gold, np.array(likeliest))}
    for name, picked in (("link", np.array(linked)), ("suggest", np.array(suggested))):
        columns[f"{name}_precision"] = (_precision, gold, picked)
        columns[f"{name}_recall"] = (_recall, gold, picked)
    return {
        name: {"value": round(score(left, right), 4), "interval": interval(score, left, right, groups=groups)}
        for name, (score, left, right) in columns.items()
    }


def _precision(gold: Any, picked: Any) -> float:
    return float((gold[picked] == "same").mean()) if picked.any() else 1.0


def _recall(gold: Any, picked: Any) -> float:
    return float(picked[gold == "same"].mean()) if (gold == "same").any() else 0.0


def scope() -> dict[str, str]:
    """How many opinions are taken up (none should be), and how many checkable statements (all should be)."""
    found: Counter[tuple[str, str]] = Counter()
    size: Counter[str] = Counter()
    for name in ("opinions", "facts"):
        for row in _rows(f"{name}.jsonl"):
            key = f"{name}, {row['part']}"
            size[key] += 1
            found[key, "in"] += scope_of(profile(row["text"])).in_scope
    return {key: f"{found[key, 'in']}/{size[key]}" for key in sorted(size)}


def rumours(shared: Path) -> dict[str, dict[str, str]]:
    """The test half of the labelled headlines' rumours against 3,000 real headlines, imported as checks: where the right one is ranked."""
    labelled = {row["id"]: row["texts"] for row in _rows("denials.jsonl") if row.get("texts")}
    items = list(measure.read_rows(shared / _NEWS))
    titles = {row["id"]: row["title"] for row in items}
    chosen = [key for key in labelled if key in titles]
    checks = [key for key, title in titles.items() if key not in labelled and is_check_title(profile(title, True))]
    others = [key for key in titles if key not in labelled][:: max(1, len(titles) // _HEADLINES)]
    shelf = list(dict.fromkeys([*chosen, *checks[:1_000], *others]))[:_HEADLINES]
    asked = [
        (key, text, way)
        for key in chosen
        if not is_for_training(key)
        for text, way in zip(labelled[key], ("news", "social", "unmarked"), strict=True)
    ]
    asked += [(key, fold(nfc(text)), f"{way}, marks taken away") for key, text, way in asked if way != "unmarked"]
    with tempfile.TemporaryDirectory(prefix="kiemtin-quality-") as folder:
        path = Path(folder) / "checks.jsonl"
        path.write_text("".join(_check(key, titles[key]) for key in shelf), "utf-8")
        with open_workspace(Path(folder) / "data") as workspace:
            import_factchecks(workspace, path, utc_now())
            checker = Checker(workspace)
            return _ranked(checker, asked)


def _check(key: str, title: str) -> str:
    rating = {"ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Sai"}
    return json.dumps({"@type": "ClaimReview", "url": f"https://checks.example/{key}", "claimReviewed": title, "reviewRating": rating}) + "\n"


def _ranked(checker: Checker, asked: list[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    counts: dict[str, Counter[str]] = {}
    for key, text, way in asked:
        matches = checker.check(text).matches
        places = [place for place, (_, review) in enumerate(matches, 1) if review.review_url.endswith(key)]
        count = counts.setdefault(way, Counter())
        count["n"] += 1
        count["first"] += places[:1] == [1]
        count["among five"] += bool(places) and places[0] <= 5
        count["linked"] += any(match.linked and review.review_url.endswith(key) for match, review in matches)
        count["linked to another"] += any(match.linked and not review.review_url.endswith(key) for match, review in matches)
    return {way: {name: f"{value}/{count['n']}" for name, value in count.items() if name != "n"} for way, count in counts.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found: dict[str, Any] = {"pairs": pairs(str), "pairs without marks": pairs(fold), "scope": scope()}
    shared = measure.shared_data()
    if shared is None:
        measure.say("The shared data is absent (KIEMTIN_SHARED_DATA or ../shared/data): no headlines.")
    else:
        found |= {"rumours": rumours(shared), "denials": {name: value for name, value in count_taken(shared).items() if name != "taken"}}
    if chosen.json:
        json.dump(found, sys.stdout, ensure_ascii=False)
    else:
        for part, values in found.items():
            print(part)
            for name, value in values.items():
                print(f"  {name:34} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
