"""Stories into clusters of one event, as they come in. Pure: what is known of the last days and the new ones in, placements out.

new stories, oldest first | copies of a text (MinHash, verified) | candidates by shared phrases | pair scores | nearest cluster, or a new one

A cluster is named after its first story and keeps that name. Where a new story shows two clusters to be one, the younger is merged into
the older, and that is said. A story that a person took out of a cluster is never put back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kiemtin.domain.stories import content_id
from nlp.copies import ALIKE, runs, similarity
from nlp.events import ACROSS, BUCKETS, Trace, Trees, event_trees, features, tell_one_event_across_languages

WINDOW_DAYS = 3.0
_LIKE = 0.10  # cosine of two traces below which no pair was ever labelled one event
_MOST_CANDIDATES = 60
# Chosen on weeks of the training part that the trees had not learnt (models/events/card.md): precision before recall.
_JOIN = 1.1  # log-odds of belonging, see _affinity
_MERGE = 1.1
_AS_ONE = 0.2  # log-odds of two clusters' other members, on average
_NEAREST = 10
_LAST = 3  # members of a cluster that are compared before it is merged
_NO_CANDIDATE = -2.0
_PERMUTATIONS, _BANDS, _SEED = 64, 16, 20260801
_SHINGLE = 3
_MOST_MEMBERS = 400  # of a cluster: nothing is one event any more


@dataclass(frozen=True, slots=True)
class Known:
    """A story of the last days, with the text that copies are verified on, and the cluster it is in ("" if none yet)."""

    trace: Trace
    text: str
    cluster_id: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a new story goes. `score`: log-odds of belonging there (0 for one that opens a cluster); `copy_of`: whose text it repeats.

    `merged`: clusters that this story showed to be the same as its own; they are merged into it.
    """

    story_id: str
    cluster_id: str
    score: float = 0.0
    copy_of: str | None = None
    merged: tuple[str, ...] = ()

    @property
    def opens(self) -> bool:
        return self.cluster_id == cluster_id_of(self.story_id)


def cluster_id_of(story_id: str) -> str:
    """The name of the cluster that this story opens."""
    return content_id("cluster", story_id)


def place(
    window: Sequence[Known], new: Sequence[Known], apart: frozenset[tuple[str, str]] = frozenset(), trees: Trees | None = None
) -> list[Placement]:
    """A placement for each new story, in order of time. `apart`: (story, cluster) that a person has parted."""
    fresh = sorted(new, key=lambda one: (one.trace.moment, one.trace.story_id))
    everything = [*window, *fresh]
    copies = copies_of(everything, len(window))
    near = nearest_of(everything, len(window))
    foreign = _foreign_to(everything, len(window))
    board = _Board(everything, apart, trees or event_trees())
    return [board.join(at, copies.get(at), near[at - len(window)], foreign.get(at, ())) for at in range(len(window), len(everything))]


class _Board:
    """Where everything stands while the new stories are placed one by one."""

    def __init__(self, everything: Sequence[Known], apart: frozenset[tuple[str, str]], trees: Trees) -> None:
        self._all = list(everything)
        self._apart = apart
        self._trees = trees
        self._members: dict[str, list[int]] = defaultdict(list)
        for at, known in enumerate(self._all):
            if known.cluster_id:
                self._members[known.cluster_id].append(at)

    def join(self, at: int, copy_of: int | None, candidates: Sequence[int], foreign: Sequence[int]) -> Placement:
        story_id = self._all[at].trace.story_id
        original = self._all[copy_of] if copy_of is not None else None
        affinities = self._affinities(at, [other for other in candidates if other not in foreign], foreign)
        if original is not None and self._allowed(story_id, original.cluster_id):
            chosen, score = original.cluster_id, max(affinities.get(original.cluster_id, 0.0), _MERGE)
        else:
            chosen = max(sorted(affinities), key=lambda cluster: affinities[cluster], default="")
            score = affinities.get(chosen, -1.0)
            original = None
        if not chosen or score < _JOIN:
            chosen, score = cluster_id_of(story_id), 0.0
        placement = Placement(story_id, chosen, score, original.trace.story_id if original else None)
        return self._settle(at, placement, affinities)

    def _affinities(self, at: int, candidates: Sequence[int], foreign: Sequence[int]) -> dict[str, float]:
        """For each cluster within reach how much the story belongs to it."""
        mine = self._all[at].trace
        within = [other for other in candidates if self._allowed(mine.story_id, self._all[other].cluster_id)]
        scores = self._trees.scores([features(mine, self._all[other].trace) for other in within])
        by_cluster: dict[str, list[float]] = defaultdict(list)
        for other, score in zip(within, scores, strict=True):
            by_cluster[self._all[other].cluster_id].append(float(score))
        for other in foreign:
            if self._allowed(mine.story_id, self._all[other].cluster_id):
                by_cluster[self._all[other].cluster_id].append(ACROSS)
        return {cluster: _affinity(found, len(self._members[cluster])) for cluster, found in by_cluster.items()}

    def _allowed(self, story_id: str, cluster_id: str) -> bool:
        return bool(cluster_id) and (story_id, cluster_id) not in self._apart and len(self._members[cluster_id]) < _MOST_MEMBERS

    def _settle(self, at: int, placement: Placement, affinities: Mapping[str, float]) -> Placement:
        self._all[at] = replace(self._all[at], cluster_id=placement.cluster_id)
        self._members[placement.cluster_id].append(at)
        chosen = placement.cluster_id
        also = [cluster for cluster in sorted(affinities) if cluster != chosen and self._are_one(at, cluster, chosen, affinities)]
        return self._merge(placement, also) if also else placement

    def _are_one(self, at: int, cluster: str, chosen: str, affinities: Mapping[str, float]) -> bool:
        """The story belongs to both, and so do their other members to each other."""
        if affinities[cluster] < _MERGE or affinities.get(chosen, -1.0) < _MERGE:
            return False
        if self._parted(chosen, cluster) or self._parted(cluster, chosen):
            return False
        others = [member for member in self._members[chosen] if member != at][-_LAST:]
        pairs = [(left, right) for left in self._members[cluster][-_LAST:] for right in others]
        scores = self._trees.scores([features(self._all[left].trace, self._all[right].trace) for left, right in pairs])
        return len(scores) > 0 and float(np.mean(scores)) >= _AS_ONE

    def _parted(self, cluster: str, other: str) -> bool:
        """A person took one of the other's members out of the cluster."""
        return any((self._all[at].trace.story_id, cluster) in self._apart for at in self._members[other])

    def _merge(self, placement: Placement, also: Sequence[str]) -> Placement:
        """All into the one whose first story is the oldest."""
        together = sorted((placement.cluster_id, *also), key=lambda cluster: (self._all[self._members[cluster][0]].trace.moment, cluster))
        oldest, others = together[0], tuple(together[1:])
        for cluster in others:
            for at in self._members.pop(cluster):
                self._all[at] = replace(self._all[at], cluster_id=oldest)
                self._members[oldest].append(at)
        self._members[oldest].sort()
        return replace(placement, cluster_id=oldest, merged=others)


def _affinity(scores: Sequence[float], members: int) -> float:
    """Halfway between the nearest member and the mean of the ten nearest: one report much like it is not enough, and an event has many
    angles. Members that are not even candidates are far."""
    nearest = sorted(scores, reverse=True)[: min(_NEAREST, members)]
    missing = min(_NEAREST, members) - len(nearest)
    return (nearest[0] + float(np.mean([*nearest, *[_NO_CANDIDATE] * missing]))) / 2


def nearest_of(everything: Sequence[Known], first: int) -> list[list[int]]:
    """For each new story the earlier places that share enough phrases with it within the window, the likest first."""
    matrix = _matrix([known.trace for known in everything])
    moments = np.array([known.trace.moment for known in everything])
    return list(_rows(matrix, moments, first))


def _foreign_to(everything: Sequence[Known], first: int) -> dict[int, list[int]]:
    """For each new story the earlier ones in another language that tell of its event."""
    languages = Counter(known.trace.language for known in everything)
    if len(languages) < 2:  # noqa: PLR2004
        return {}
    by_name: dict[str, list[int]] = defaultdict(list)
    found: dict[int, list[int]] = {}
    for at, known in enumerate(everything):
        if at >= first:
            likely = Counter(other for name in known.trace.names for other in by_name[name])
            found[at] = [
                other for other, count in likely.items() if count > 1 and tell_one_event_across_languages(known.trace, everything[other].trace)
            ]
        for name in known.trace.names:
            by_name[name].append(at)
    return found


def _rows(matrix: Any, moments: Any, first: int) -> Iterator[list[int]]:
    likeness = (matrix[first:] @ matrix.T).tocsr()
    for row in range(likeness.shape[0]):
        at = first + row
        found = likeness.indices[likeness.indptr[row] : likeness.indptr[row + 1]]
        values = likeness.data[likeness.indptr[row] : likeness.indptr[row + 1]]
        kept = (found < at) & (values >= _LIKE) & (np.abs(moments[found] - moments[at]) <= WINDOW_DAYS)
        order = np.lexsort((found[kept], -values[kept]))[:_MOST_CANDIDATES]
        yield [int(place) for place in found[kept][order]]


def _matrix(traces: Sequence[Trace]) -> Any:
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0] + [len(trace.whole) for trace in traces])
    buckets = np.fromiter((bucket for trace in traces for bucket in trace.whole), np.int32, int(ends[-1]))
    weights = np.fromiter((weight for trace in traces for weight in trace.whole.values()), np.float32, int(ends[-1]))
    return csr_matrix((weights, buckets, ends), shape=(len(traces), BUCKETS))


def copies_of(everything: Sequence[Known], first: int) -> dict[int, int]:
    """New stories whose text repeats an earlier one's: (place of the copy: place of the earliest original)."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=ALIKE, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    found: dict[int, int] = {}
    for at, known in enumerate(everything):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        sketch.update(_shingles(known.text))
        if at >= first:
            original = _verified(everything, at, index.query(sketch))
            if original is not None:
                found[at] = original
        index.insert(at, sketch)
    return found


def _shingles(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))]


def _verified(everything: Sequence[Known], at: int, candidates: Iterable[int]) -> int | None:
    """Enough of the same runs of syllables, and no other day: yesterday's prices in today's words are no copy."""
    mine = everything[at]
    for other in sorted(candidates):
        theirs = everything[other]
        dates, other_dates = mine.trace.dates, theirs.trace.dates
        if abs(mine.trace.moment - theirs.trace.moment) > WINDOW_DAYS or (dates and other_dates and not dates & other_dates):
            continue
        if similarity(runs(mine.text), runs(theirs.text)) >= ALIKE:
            return other
    return None
