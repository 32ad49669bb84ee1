"""`kill -9` at random moments of `kiemtin run`, the same command again, and in the end the same store.

a made-up site on loopback | kiemtin run, uninterrupted                         ┐ every table row for row,
                           | kiemtin run, its process group killed, run again   ┘ every document of the index
"""

import argparse
import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import tantivy

from benchmarks.generate import MadeClaim, make_claims, make_stories, to_page
from benchmarks.measure import REPOSITORY, say
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.store.index import INDEX_NAME, open_index
from kiemtin.store.records import DATABASE_NAME, open_records
from nlp.profile import profile
from nlp.retrieval import query_terms
from tests.support.cli import write_catalog
from tests.support.site import Reply, Site, article, outlet

# The only columns that two runs may differ in, and why. Ids are made from content: none is random.
LEFT_OUT = {"_at": "a time by this machine's clock"}
_MADE_HOST = "https://bao-do-thu.example"
_CHECKS = 8  # one page in so many is a fact-checker's, with its ClaimReview
_LIMIT = 100_000  # documents of one kind in the index


def build(site: Site, pages: int, seed: int) -> list[Outlet]:
    """Two papers, one with a feed and one with a sitemap, and a fact-checker; some addresses are gone, empty, or no article."""
    claims = list(make_claims(pages // _CHECKS, seed))
    news = [_put_story(site, number, seed, story) for number, story in enumerate(make_stories(pages - len(claims), seed, claims))]
    checks = [_put_check(site, number, claim) for number, claim in enumerate(claims)]
    site.routes["/trong.html"], site.routes["/muc-luc.html"] = (
        Reply(b""),
        Reply(b"<html><body><a href='/'>M\xe1\xbb\xa5c l\xe1\xbb\xa5c</a></body></html>"),
    )
    odd = [site.url(path) for path in ("/khong-co.html", "/trong.html", "/muc-luc.html")]
    half = len(news) // 2
    return [
        outlet("Báo Một", (site.feed("/mot.rss", [*news[:half], *odd]),)),
        outlet("Báo Hai", sitemaps=(_put_sitemap(site, "/hai.xml", news[half:]),)),
        outlet("Trạm Soi Tin", (site.feed("/soi.rss", checks),), kind=OutletKind.FACT_CHECKER),
    ]


def _put_story(site: Site, number: int, seed: int, story: Any) -> str:
    page = to_page(story, number, seed)
    path = page.url.removeprefix(_MADE_HOST)
    site.routes[path] = Reply(page.body.replace(_MADE_HOST.encode(), site.url("").encode()))
    return site.url(path)


def _put_check(site: Site, number: int, claim: MadeClaim) -> str:
    path = f"/soi/{number}.html"
    markup = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": site.url(path),
        "claimReviewed": claim.checked,
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "Sai sự thật"},
    }
    script = f'<script type="application/ld+json">{json.dumps(markup, ensure_ascii=False)}</script></head>'
    site.routes[path] = Reply(article(f"Kiểm chứng: {claim.checked}").replace(b"</head>", script.encode(), 1))
    return site.url(path)


def _put_sitemap(site: Site, path: str, urls: Sequence[str]) -> str:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    body = f'<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    site.routes[path] = Reply(body.encode(), content_type="application/xml; charset=utf-8")
    return site.url(path)


@dataclass(frozen=True, slots=True)
class Command:
    """`kiemtin run` over one site into one data directory."""

    site: Site
    catalog: str
    data: Path

    def start(self) -> subprocess.Popen[bytes]:
        self.site.forget()
        words = ["run", "--catalog", self.catalog, "--loopback-ok", "--json", "--data", str(self.data)]
        program = [sys.executable, "-P", "-m", "kiemtin.cli", *words]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        return subprocess.Popen(program, cwd=self.data.parent, env=environment, stdout=subprocess.PIPE, start_new_session=True)

    def finish(self) -> dict[str, Any]:
        """Run to the end; gives the command's report."""
        process = self.start()
        out, _ = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"kiemtin run ended with {process.returncode}")
        report: dict[str, Any] = json.loads(out)
        return report

    def until_first_request(self) -> float:
        """Seconds from the start of a command to its first request, by one that is killed there."""
        started = time.monotonic()
        process = self.start()
        while not self.site.paths() and process.poll() is None:
            time.sleep(0.002)
        seconds = time.monotonic() - started
        _kill(process)
        return seconds


def _kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: seconds after the command's start, requests it had made, and what was stored by then."""

    seconds: float
    requests: int
    pages_waiting: int
    stories: int
    analysed: int
    waiting_for_index: int
    alerts: int


def kill_at(command: Command, seconds: float) -> Kill | None:
    """Start, kill the whole group after so many seconds, look; None where it ended before."""
    process = command.start()
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        return Kill(round(seconds, 2), len(command.site.paths()), *_stored_so_far(command.data))
    return None


def _stored_so_far(data: Path) -> tuple[int, ...]:
    queries = (
        "SELECT count(*) FROM frontier WHERE state = 'pending' AND role = 'page'",
        "SELECT count(*) FROM stories",
        "SELECT count(*) FROM stories WHERE analysed_hash <> ''",
        "SELECT count(*) FROM index_queue",
        "SELECT count(*) FROM alerts",
    )
    database = sqlite3.connect(data / DATABASE_NAME)
    try:
        return tuple(int(database.execute(query).fetchone()[0]) for query in queries)
    except sqlite3.OperationalError:  # killed before there was a schema
        return (0,) * len(queries)
    finally:
        database.close()


def kill_again_and_again(command: Command, work_seconds: float, kills: int, rng: random.Random) -> list[Kill]:
    """Kills spread at random over the work of one whole run. A run that ends before its kill was a pass; the kill comes in the next."""
    startup = command.until_first_request()
    moments = sorted(rng.uniform(0, work_seconds) for _ in range(kills))
    pauses = [moment - before for before, moment in zip([0.0, *moments], moments, strict=False)]
    found: list[Kill] = []
    whole_pass = math.inf
    while len(found) < kills:
        # Up to half a start-up earlier or later: kills must also fall into imports, opening and the first requests.
        seconds = startup * rng.uniform(0.5, 1.5) + pauses[len(found)]
        if seconds >= whole_pass:
            seconds = whole_pass * rng.uniform(0.3, 1.0)
        kill = kill_at(command, seconds)
        if kill is None:
            whole_pass = seconds
            say(f"ended by itself within {seconds:.2f} s: killed in a further pass")
        else:
            found.append(kill)
            say(
                f"kill {len(found)}/{kills} after {kill.seconds} s: {kill.requests} requests, {kill.stories} stories stored, {kill.pages_waiting} pages "
                f"waiting, {kill.analysed} stories analysed, {kill.alerts} alerts"
            )
    return found


Rows = Counter[str]


def tables(data: Path) -> Iterator[tuple[str, Rows, list[str]]]:
    """Every table: its rows as text, without the columns left out, and these columns' names."""
    records = open_records(data)
    with records.begin() as conn:
        for name in sorted(sa.inspect(conn).get_table_names()):
            result = conn.exec_driver_sql(f'SELECT * FROM "{name}"')
            without = [column for column in list(result.keys()) if column.endswith(tuple(LEFT_OUT))]
            rows = Counter(repr({key: value for key, value in row.items() if key not in without}) for row in result.mappings())
            yield name, rows, without
    records.close()


def passes_made(data: Path) -> int:
    return next(rows.total() for name, rows, _ in tables(data) if name == "passes")


def index_documents(data: Path, kind: str) -> Rows:
    """Every live document of one kind, with all that is stored of it."""
    searcher = tantivy.Index.open(str(data / INDEX_NAME / kind)).searcher()
    hits = searcher.search(tantivy.Query.all_query(), _LIMIT).hits
    return Counter(repr(sorted(searcher.doc(address).to_dict().items())) for _, address in hits)


def index_answers(data: Path, kind: str) -> Rows:
    """What the index finds, whole, for the words of every claim and title: the keys of a document are not stored."""
    records = open_records(data)
    with records.begin() as conn:
        texts = [*conn.scalars(sa.text("SELECT claim_reviewed FROM claim_reviews")), *conn.scalars(sa.text("SELECT title FROM stories"))]
    records.close()
    index = open_index(data)
    return Counter(repr((text, sorted(hit.id for hit in index.find(kind, query_terms(profile(text)), _LIMIT)))) for text in texts)


def compare(whole: Path, killed: Path) -> list[dict[str, Any]]:
    """Each table and each part of the index: how many rows, what was left out, and up to three differences."""
    pairs = [(name, rows, without, other) for (name, rows, without), (_, other, _) in zip(tables(whole), tables(killed), strict=True)]
    for kind in ("review", "story"):
        pairs.append((f"index: {kind} documents", index_documents(whole, kind), [], index_documents(killed, kind)))
        pairs.append((f"index: {kind} answers", index_answers(whole, kind), [], index_answers(killed, kind)))
    return [
        {
            "what": name,
            "rows": rows.total(),
            "rows_killed": other.total(),
            "left_out": without,
            "equal": rows == other,
            "only_whole": list(rows - other)[:3],
            "only_killed": list(other - rows)[:3],
        }
        for name, rows, without, other in pairs
    ]


def run(pages: int, kills: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kiemtin-kill-") as folder, Site() as site:
        base = Path(folder)
        catalog = write_catalog(base / "outlets.toml", build(site, pages, seed))
        whole, killed = (Command(site, catalog, base / name) for name in ("whole", "killed"))
        startup = Command(site, catalog, base / "warm").until_first_request()
        started = time.monotonic()
        report = whole.finish()
        seconds = time.monotonic() - started
        crawl, analysis = report["crawl"], report["analysis"]
        say(f"uninterrupted: {crawl['new']} stories and {crawl['reviews']} ClaimReviews in {seconds:.1f} s, {analysis['opened']} alerts")
        found = kill_again_and_again(killed, seconds - startup, kills, random.Random(seed))
        last = killed.finish()
        while passes_made(whole.data) < passes_made(killed.data):
            whole.finish()
        passes = passes_made(killed.data)
        compared = compare(whole.data, killed.data)
    return {
        "pages": pages,
        "seed": seed,
        "seconds_uninterrupted": round(seconds, 1),
        "stories": crawl["new"],
        "claim_reviews": crawl["reviews"],
        "alerts": analysis["opened"],
        "kills": [asdict(kill) for kill in found],
        "passes": passes,
        "resumed": last["crawl"]["resumed"],
        "left_out": LEFT_OUT,
        "compared": compared,
        "equal": all(part["equal"] for part in compared),
    }


def print_result(document: dict[str, Any]) -> None:
    print(
        f"{document['pages']} pages, seed {document['seed']}; uninterrupted {document['seconds_uninterrupted']} s; "
        f"{len(document['kills'])} kills in {document['passes']} pass(es)"
    )
    print(f"{'compared':28} {'rows':>6} {'killed':>6}  equal  left out")
    for part in document["compared"]:
        print(f"{part['what']:28} {part['rows']:>6} {part['rows_killed']:>6}  {'yes' if part['equal'] else 'NO':5}  {', '.join(part['left_out'])}")
        for side in ("only_whole", "only_killed"):
            for row in part[side]:
                print(f"    {side}: {row[:400]}")
    print("left out: " + "; ".join(f"columns in {suffix!r}: {why}" for suffix, why in document["left_out"].items()))
    print("equal, row for row" if document["equal"] else "THERE ARE DIFFERENCES")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_runs", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=500, help="pages of the made-up site, ClaimReview pages among them")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None, help="of the site and of the moments; printed, random unless given")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args(arguments)
    document = run(chosen.pages, chosen.kills, random.randrange(10**6) if chosen.seed is None else chosen.seed)
    print(json.dumps(document, ensure_ascii=False, indent=1)) if chosen.json else print_result(document)
    return 0 if document["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
