"""Public posts against watched claims: how many a second, how many repeats and denials are found, how often one is taken for a repeat wrongly.

made-up posts, batch by batch | Board.compare (timed)           | posts/s, recall, precision, what was missed and what was wrong, resident memory
the stream's first posts      | ours, then each peer, in turns  | the same figures: MinHash (datasketch, rensa), words in common (tantivy)
real titles, `--titles`       | Board.compare                   | how many are taken for a repeat or a denial of a made-up claim: none should be

Making the posts is not timed. One core: libraries that could use more are told not to before the process begins. A peer has no notion of a
denial: it says REPEAT from a threshold on, the one with the best F1 on posts of another seed. Claims lose their frames for the peers too. In the
turns ours already knows the claims that its stream has brought, as a peer knows all of its own.
The titles belong to the papers: what is taken for something is printed to standard error for a person to look at, and kept nowhere.
"""

import argparse
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise
from math import inf
from pathlib import Path
from typing import Any, TypeVar

import rensa
import tantivy
from scipy.stats import binomtest

from benchmarks import measure
from benchmarks.measure import Took, say
from benchmarks.posts import MadePost, Stream, watched_claims
from kiemtin.domain.repeats import Said
from nlp.proposition import proposition
from nlp.repeats.board import Board

GOALS = {1_000: 20_000, 100_000: 8_000}  # posts a second at so many claims
_ONE_CORE = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"], "1")
_BATCH = 2_000
_SAMPLE = 40_000  # posts for the turns with the peers
_TUNING = 5_000  # posts of another seed for a peer's threshold
_PERMUTATIONS, _JACCARD, _BANDS = 128, 0.5, 32  # 32 bands of 4: rensa's nearest to 0.5 from below
_HEAP_BYTES = 50_000_000
_WORD = re.compile(r"\w+")
_SHOWN = 8  # ways of missing, of being wrong

Scored = tuple[float, int]  # how alike, and which claim
_NOTHING: Scored = (0.0, -1)
Best = Callable[[Sequence[str]], list[Scored]]
Made = TypeVar("Made")
Compare = Callable[[Sequence[str]], Iterable[tuple[int, int, Said]]]


# What is measured.


def resident_mib() -> float:
    """Memory of the process that stands in RAM now (Linux)."""
    return round(int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024, 1)


def share(part: int, whole: int) -> dict[str, float]:
    """A share with its 95 % interval (Wilson)."""
    if not whole:
        return {"of": 0}
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    return {"share": round(part / whole, 4), "low": round(interval.low, 4), "high": round(interval.high, 4), "of": whole}


def made(build: Callable[[], Made]) -> tuple[Made, float]:
    """What is built, and in how many seconds."""
    built: list[Made] = []
    took = measure.timed(lambda: built.append(build()))
    return built[0], round(took.wall, 2)


@dataclass(slots=True)
class Tally:
    """Answers held against what the posts are. `by_how`: posts by what was done to them, `missed` and `wrong` likewise."""

    posts: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    by_how: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def add(self, post: MadePost, answer: tuple[int, Said] | None) -> None:
        """Right is the right claim, and what the post says of it."""
        is_right = answer is not None and answer == (post.claim, post.kind)
        self.posts[post.kind] += 1
        self.right[post.kind] += is_right
        self.by_how.update(ways := _ways(post))
        if post.kind == "repeat" and not is_right:
            self.missed.update(ways)
        if answer is not None and answer[1] is Said.REPEAT:
            self.repeats += 1
            self.wrong.update([] if is_right else ["another claim"] if post.kind == "repeat" else ways)

    def view(self) -> dict[str, Any]:
        return {
            "precision": share(self.right["repeat"], self.repeats),
            "recall": share(self.right["repeat"], self.posts["repeat"]),
            "denials": share(self.right["denial"], self.posts["denial"]),
            "missed": self._often(self.missed),
            "wrong": self._often(self.wrong),
        }

    def _often(self, ways: Counter[str]) -> dict[str, list[int]]:
        """The most frequent ones: how many, and of how many such posts."""
        return {way: [count, self.by_how[way] or self.posts["repeat"]] for way, count in ways.most_common(_SHOWN)}


def _ways(post: MadePost) -> list[str]:
    """Each spelling of a repeat, the change of a near-miss, else the kind."""
    if post.kind == "repeat":
        return post.how.split() or ["as it is"]
    return [f"near: {post.how}" if post.kind == "near" else post.kind]


@dataclass(slots=True)
class Course:
    """One contender over posts: its seconds, for comparing alone, and what it answered. `about`: what else is to be said of it."""

    compare: Compare
    about: dict[str, Any] = field(default_factory=dict)
    seconds: Took = field(default_factory=lambda: Took(0, 0))
    tally: Tally = field(default_factory=Tally)

    def take(self, posts: Sequence[MadePost]) -> None:
        texts = [post.text for post in posts]
        found: list[tuple[int, int, Said]] = []
        took = measure.timed(lambda: found.extend(self.compare(texts)))
        self.seconds = Took(self.seconds.wall + took.wall, self.seconds.cpu + took.cpu)
        answers = {text: (claim, said) for text, claim, said in found}
        for at, post in enumerate(posts):
            self.tally.add(post, answers.get(at))

    def view(self) -> dict[str, Any]:
        posts = self.tally.posts.total()
        return {
            **self.about,
            "posts": posts,
            "seconds": round(self.seconds.wall, 2),
            "seconds_of_computing": round(self.seconds.cpu, 2),
            "posts_per_second": round(posts / self.seconds.wall),
            "posts_per_second_of_computing": round(posts / self.seconds.cpu),
            **self.tally.view(),
        }


def batches(posts: Iterable[MadePost]) -> Iterator[list[MadePost]]:
    waiting = iter(posts)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def run_stream(board: Board, stream: Stream, count: int) -> dict[str, Any]:
    """The whole stream, no batch of it kept.

    `resident_mib`: after each tenth, of the whole process: with the made-up claims, the stream's own tables and what an earlier size left behind.
    """
    course, resident = Course(board.compare), list[float]()
    for batch in batches(stream.posts(count)):
        course.take(batch)
        if course.tally.posts.total() * 10 // count > len(resident):
            resident.append(resident_mib())
            say(f"  {course.tally.posts.total():,} posts, {course.seconds.wall:.1f} s, {resident[-1]} MiB")
    return course.view() | {"resident_mib": resident}


# Peers.


def words_of(text: str) -> list[str]:
    """Folded words, in the quickest way there is: the project's own tokens would cost a peer several times what it needs itself."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore")
    return _WORD.findall(plain.decode())


def shingles(text: str) -> list[str]:
    """Pairs of neighbouring folded words; of one word itself."""
    words = words_of(text)
    return [f"{one} {other}" for one, other in pairwise(words)] or words


def likest(sketch: Any, known: Sequence[Any], candidates: Iterable[int]) -> Scored:
    """The candidate with the greatest estimated Jaccard."""
    return max(((sketch.jaccard(known[number]), number) for number in candidates), default=_NOTHING)


def by_datasketch(claims: Sequence[str]) -> Best:
    """MinHashLSH over pairs of words, 128 permutations, threshold 0.5."""
    from datasketch import MinHash, MinHashLSH

    def sketches(texts: Sequence[str]) -> Any:
        return MinHash.bulk(([one.encode() for one in shingles(text)] for text in texts), num_perm=_PERMUTATIONS)

    index, known = MinHashLSH(threshold=_JACCARD, num_perm=_PERMUTATIONS), sketches(claims)
    for number, sketch in enumerate(known):
        index.insert(number, sketch)
    return lambda texts: [likest(sketch, known, index.query(sketch)) for sketch in sketches(texts)]


def by_rensa(claims: Sequence[str]) -> Best:
    """RMinHashLSH over pairs of words, 128 permutations, threshold 0.5."""

    def sketches(texts: Sequence[str]) -> Any:
        return rensa.RMinHash.from_token_sets([shingles(text) for text in texts], _PERMUTATIONS, 1)

    index, known = rensa.RMinHashLSH(threshold=_JACCARD, num_perm=_PERMUTATIONS, num_bands=_BANDS), sketches(claims)
    index.insert_many(known)

    def best(texts: Sequence[str]) -> list[Scored]:
        mine = sketches(texts)
        return [likest(sketch, known, found) for sketch, found in zip(mine, index.query_all(mine), strict=True)]

    return best


def by_tantivy(claims: Sequence[str]) -> Best:
    """An index in memory; a post's folded words, any of them, and the claim with the highest BM25."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(_HEAP_BYTES, 1)
    for number, claim in enumerate(claims):
        writer.add_document(tantivy.Document(number=number, words=" ".join(words_of(claim))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return partial(_top_hits, index.searcher(), schema)


def _top_hits(searcher: Any, schema: Any, texts: Sequence[str]) -> list[Scored]:
    found = []
    for text in texts:
        terms = [tantivy.Query.term_query(schema, "words", word, "freq") for word in dict.fromkeys(words_of(text))]
        hits = searcher.search(tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms]), 1, count=False).hits
        found.append((hits[0][0], int(searcher.doc(hits[0][1])["number"][0])) if hits else _NOTHING)
    return found


PEERS = {"datasketch MinHashLSH": by_datasketch, "rensa RMinHashLSH": by_rensa, "tantivy OR query": by_tantivy}


def best_threshold(scored: Sequence[Scored], posts: Sequence[MadePost]) -> float:
    """The score from which on answering REPEAT gives the best F1."""
    answered = ((score, (post.kind, post.claim) == ("repeat", claim)) for (score, claim), post in zip(scored, posts, strict=True))
    ranked = sorted(answered, reverse=True)
    repeats, right, best = sum(post.kind == "repeat" for post in posts), 0, (0.0, inf)
    for place, (score, is_right) in enumerate(ranked, 1):
        right += is_right
        if place == len(ranked) or ranked[place][0] < score:  # those with one score stand and fall together
            best = max(best, (2 * right / (place + repeats), score))
    return best[1]


def repeats_from(threshold: float, best: Best, texts: Sequence[str]) -> Iterator[tuple[int, int, Said]]:
    """REPEAT from the threshold on."""
    for text, (score, claim) in enumerate(best(texts)):
        if claim >= 0 and score >= threshold:
            yield text, claim, Said.REPEAT


def peer(name: str, build: Callable[[Sequence[str]], Best], claims: Sequence[str], tuning: Sequence[MadePost]) -> Course:
    """A peer with the claims in it and its threshold set."""
    say(f"  {name}: setting up")
    best, seconds = made(lambda: build(claims))
    threshold = best_threshold(best([post.text for post in tuning]), tuning)
    about = {"name": name, "set_up_seconds": seconds, "threshold": round(threshold, 3)}
    return Course(partial(repeats_from, threshold, best), about)


def in_turns(board: Board, claims: Sequence[str], seed: int, count: int) -> list[dict[str, Any]]:
    """Ours and the peers on the same posts, batch by batch in turns; ours first."""
    courses, absent = [Course(board.compare, {"name": "ours"})], []
    bare, tuning = [proposition(claim) for claim in claims], list(Stream(claims, seed + 1).posts(_TUNING))
    for name, build in PEERS.items():
        try:
            courses.append(peer(name, build, bare, tuning))
        except ModuleNotFoundError as error:
            absent.append({"name": name, "not_run": f"{error.name} is not installed"})
    for batch in batches(Stream(claims, seed).posts(count)):
        for course in courses:
            course.take(batch)
    ours, *others = [course.view() for course in courses]
    return [ours, *(other | times(ours, other) for other in others), *absent]


def times(ours: dict[str, Any], other: dict[str, Any]) -> dict[str, float]:
    """How many times as quick ours is, by the clock on the wall and in computing."""
    pairs = {"ours_is_times": "posts_per_second", "ours_is_times_in_computing": "posts_per_second_of_computing"}
    return {name: round(ours[rate] / other[rate], 2) for name, rate in pairs.items()}


# Real titles.


def run_titles(board: Board, claims: Sequence[str], folder: Path) -> dict[str, Any]:
    """Real titles as posts: how many are taken for what. None can repeat a made-up claim."""
    from benchmarks.real_volume import DAILY_NEWS

    if not (folder / DAILY_NEWS).exists():
        return {"not_run": f"{DAILY_NEWS} is absent"}
    titles = (row["title"] for row in measure.read_rows(folder / DAILY_NEWS) if row.get("title"))
    counts: Counter[str] = Counter()
    while batch := list(islice(titles, _BATCH)):
        counts["titles"] += len(batch)
        for text, claim, said in board.compare(batch):
            counts[said.value] += 1
            say(f"  {said.value}: {batch[text]}\n     of: {claims[claim]}")
    return {name: counts[name] for name in ("titles", *Said)}


# The whole, and how it is printed.


def run(count: int, posts: int, seed: int, titles: Path | None) -> dict[str, Any]:
    """Everything at so many claims."""
    say(f"{count:,} claims: making them up, setting up")
    claims = watched_claims(count)
    board, seconds = made(lambda: Board(claims))
    ours = run_stream(board, Stream(claims, seed), posts)
    goal = {"goal": GOALS[count], "of_goal": round(ours["posts_per_second"] / GOALS[count], 2)} if count in GOALS else {}
    return {
        "claims": count,
        "set_up_seconds": seconds,
        **goal,
        "stream": ours,
        "peers": in_turns(board, claims, seed, min(posts, _SAMPLE)),
        **({"titles": run_titles(board, claims, titles)} if titles else {}),
    }


def _said(share: dict[str, float]) -> str:
    return f"{share['share']:.3f} ({share['low']:.3f}–{share['high']:.3f}) of {share['of']:,}" if share["of"] else "– of 0"


def _listed(ways: dict[str, list[int]]) -> str:
    return ", ".join(f"{way} {count} of {posts:,}" for way, (count, posts) in ways.items()) or "none"


def print_row(row: dict[str, Any]) -> None:
    ours, resident = row["stream"], row["stream"]["resident_mib"]
    goal = f"; {row['of_goal']:.2f} of the goal of {row['goal']:,}" if "goal" in row else ""
    print(f"{row['claims']:,} claims, {ours['posts']:,} posts: {ours['posts_per_second']:,} posts/s{goal}")
    print(f"  {ours['seconds']} s, {ours['seconds_of_computing']} s of computing; set up in {row['set_up_seconds']} s", end="; ")
    print(f"resident {resident[0]} MiB after the first tenth, {resident[-1]} at the end ({resident[-1] - resident[0]:+.1f})")
    print(f"  repeats: precision {_said(ours['precision'])} answers, recall {_said(ours['recall'])}; denials: recall {_said(ours['denials'])}")
    print(f"  missed: {_listed(ours['missed'])}\n  wrong: {_listed(ours['wrong'])}")
    print_peers(row["peers"])
    if "titles" in row:
        print("  real titles: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row["titles"].items()))


def print_peers(rows: Sequence[dict[str, Any]]) -> None:
    print(f"  in turns on the first {rows[0]['posts']:,} of the same posts (thresholds: {_TUNING:,} posts of another seed):")
    for row in rows:
        print(f"    {row['name']:22}", end=" ")
        if "not_run" in row:
            print(f"not run: {row['not_run']}")
            continue
        print(f"{row['posts_per_second']:>7,} posts/s; precision {_said(row['precision'])}, recall {_said(row['recall'])}", end="")
        ours = f"; ours is {row['ours_is_times']} times as quick ({row['ours_is_times_in_computing']} in computing)" if "threshold" in row else ""
        print(ours + (f"; threshold {row['threshold']}, set up in {row['set_up_seconds']} s" if ours else ""))


def on_one_core() -> None:
    """Begins the process anew where a library could use more: each reads its limit once, when it is first imported."""
    if any(os.environ.get(name) != limit for name, limit in _ONE_CORE.items()):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **_ONE_CORE})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repeats", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--claims", type=int, action="append", help="how many are watched; may be given several times (1000 and 100000)")
    parser.add_argument("--seed", type=int, default=2027, help="of the stream; the peers' thresholds are set on the next one")
    parser.add_argument("--titles", type=Path, metavar="NEWS_FOLDER", help="real titles as posts too; those taken for something go to standard error")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args()
    rows = []
    for count in chosen.claims or sorted(GOALS):
        rows.append(run(count, chosen.posts, chosen.seed, chosen.titles))
        if not chosen.json:
            print_row(rows[-1])
    if chosen.json:
        print(json.dumps({"rows": rows, "threads": 1, "tuning_posts": _TUNING}, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    on_one_core()
    sys.exit(main())
