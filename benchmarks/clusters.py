"""How well stories of one event are found together: pairs that people labelled, against the clusters of a replay.

daily_news rows of the pairs' months | batches of a day | place (the real decision) | are the two of a pair in one cluster?
                                                          beside: nearest story by TF-IDF cosine alone, and copies (rensa) alone

A pair file has lines `first<TAB>second<TAB>0|1<TAB>boundary|random<TAB>train|test`, as `tests/nlp/event_pairs.tsv`: row ids and labels, no texts.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from benchmarks.coverage_replay import read_days
from benchmarks.measure import say
from nlp.clustering import WINDOW_DAYS, Known, Placement, cluster_id_of, copies_of, nearest_of, place
from nlp.events import likeness
from nlp.training.events import PAIRS, Pair, read_pairs, trace_row

_BATCH = 450
Clusters = dict[str, str]


def known_of(row: dict[str, Any]) -> Known:
    return Known(trace_row(row), f"{row['title']}\n{row['summary'] or ''}")


def months_of(news: Path, pairs: Sequence[Pair]) -> tuple[str, str]:
    """The days that the pairs' rows are of, with a window before them."""
    wanted = {row for pair in pairs for row in (pair.first, pair.second)}
    days = [row["published"][:10] for rows in read_days(news, "2000-01-01", "2999-12-31").values() for row in rows if row["id"] in wanted]
    first = datetime.fromisoformat(min(days)) - timedelta(days=WINDOW_DAYS + 1)
    return first.date().isoformat(), max(days)


def replay(stories: Sequence[Known], decide: Callable[[Sequence[Known], Sequence[Known]], list[Placement]]) -> Clusters:
    """{row id: cluster}, a day's worth of stories at a time."""
    found: Clusters = {}
    window: list[Known] = []
    for start in range(0, len(stories), _BATCH):
        new = stories[start : start + _BATCH]
        for placement in decide(window, new):
            found[placement.story_id] = placement.cluster_id
            if placement.merged:
                found.update({row: placement.cluster_id for row, cluster in found.items() if cluster in placement.merged})
        oldest = new[-1].trace.moment - WINDOW_DAYS - 0.5
        window = [replace(one, cluster_id=found[one.trace.story_id]) for one in [*window, *new] if one.trace.moment >= oldest]
    return found


def by_cosine(threshold: float) -> Callable[[Sequence[Known], Sequence[Known]], list[Placement]]:
    """The cluster of the nearest earlier story, where it is near enough."""

    def decide(window: Sequence[Known], new: Sequence[Known]) -> list[Placement]:
        everything = [*window, *new]
        clusters = [one.cluster_id for one in everything]
        for at, near in enumerate(nearest_of(everything, len(window)), len(window)):
            mine = everything[at].trace
            best = near[0] if near and likeness(mine.whole, everything[near[0]].trace.whole) >= threshold else None
            clusters[at] = cluster_id_of(mine.story_id) if best is None else clusters[best]
        return [Placement(everything[at].trace.story_id, clusters[at]) for at in range(len(window), len(everything))]

    return decide


def by_copies(window: Sequence[Known], new: Sequence[Known]) -> list[Placement]:
    everything = [*window, *new]
    clusters = [one.cluster_id for one in everything]
    originals = copies_of(everything, len(window))
    for at in range(len(window), len(everything)):
        clusters[at] = clusters[originals[at]] if at in originals else cluster_id_of(everything[at].trace.story_id)
    return [Placement(everything[at].trace.story_id, clusters[at]) for at in range(len(window), len(everything))]


def judged(name: str, pairs: Iterable[Pair], found: Clusters) -> str:
    known = [pair for pair in pairs if pair.first in found and pair.second in found]
    together = np.array([found[pair.first] == found[pair.second] for pair in known])
    same = np.array([pair.same for pair in known])
    return f"{name:28s} {len(known):5d} {int(together.sum()):8d}  {_share(same, together)}  {_share(together, same)}"


def _share(what: Any, among: Any) -> str:
    """Share with its 95 % interval (Wilson)."""
    part, whole = int((what & among).sum()), int(among.sum())
    if not whole:
        return f"{'–':>20s}"
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    return f"{part / whole:.3f} ({interval.low:.3f}–{interval.high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path, help="daily_news_2025-08_2026-05.jsonl.gz")
    parser.add_argument("--pairs", type=Path, default=Path("tests/nlp"), help=f"folder with {PAIRS}")
    parser.add_argument("--part", default="test", choices=["train", "test"])
    parser.add_argument("--cosine", type=float, action="append", help="thresholds of the baseline (its best on the training part is 0.34)")
    parser.add_argument("--out", type=Path, help="write row id and cluster")
    arguments = parser.parse_args()
    pairs = read_pairs(arguments.pairs, arguments.part)
    first, last = months_of(arguments.news, pairs)
    start = time.perf_counter()
    rows = sorted(
        (row for day in read_days(arguments.news, first, last).values() for row in day),
        key=lambda row: (datetime.fromisoformat(row["published"]), row["id"]),
    )
    stories = [known_of(row) for row in rows]
    say(f"{len(stories)} stories from {first} to {last}: traces in {time.perf_counter() - start:.0f} s")
    deciders: dict[str, Callable[[Sequence[Known], Sequence[Known]], list[Placement]]] = {"ours": place, "copies alone (rensa)": by_copies}
    deciders |= {f"TF-IDF cosine >= {threshold}": by_cosine(threshold) for threshold in arguments.cosine or [0.34]}
    print(f"{'':28s} {'pairs':>5s} {'together':>8s}  {'precision':20s}  {'recall':20s}")
    for name, decide in deciders.items():
        start = time.perf_counter()
        found = replay(stories, decide)
        say(f"{name}: {time.perf_counter() - start:.0f} s, {len(set(found.values()))} clusters")
        print(judged(name, pairs, found))
        for drawn in ("boundary", "random"):
            print(judged(f"  {drawn}", [pair for pair in pairs if pair.drawn == drawn], found))
        if name == "ours" and arguments.out is not None:
            arguments.out.write_text("".join(f"{row}\t{cluster}\n" for row, cluster in sorted(found.items())), "utf-8")


if __name__ == "__main__":
    main()
