"""The command as a user runs it: a process of its own, in a folder of its own, whose whole output is looked at."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.store.index import open_index
from kiemtin.store.records import open_records
from tests.support.site import Reply, Site, article, outlet

ROOT = Path(__file__).parents[2]
_SCRIPT = Path(sys.executable).with_name("kiemtin")
# In a checkout that is not installed there is no script: the same function, started by its module.
COMMAND = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-P", "-m", "kiemtin.cli"]
# Compiled once for all the processes that are started here: compiling anew costs each of them three seconds.
_COMPILED = ROOT / ".pytest_cache" / "compiled"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind: exit code, standard output and standard error as bytes."""

    code: int
    out: bytes
    err: bytes

    def document(self) -> Any:
        """Standard output as what it must be under `--json`: one JSON document in UTF-8, and nothing else."""
        assert "Traceback" not in self.said
        return json.loads(self.out.decode("utf-8"))

    @property
    def said(self) -> str:
        return self.err.decode("utf-8")

    def refusal(self, code: int = 1) -> str:
        """The one line of an expected failure: nothing on standard output, no traceback, the right exit code."""
        assert (self.code, self.out) == (code, b""), self
        lines = self.said.splitlines()
        assert len(lines) == 1, self.said[-2000:]
        assert lines[0].startswith("kiemtin: ") and len(lines[0]) > len("kiemtin: ") + 5
        assert lines[0].isprintable()
        return lines[0]


class Cli:
    """`kiemtin` with home, working directory and temporary files under one folder, so that strays are seen."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.data = data or folder / "data"
        self._places = {name: folder / name for name in ("home", "work", "tmp")}
        for place in self._places.values():
            place.mkdir(parents=True, exist_ok=True)

    def __call__(self, *words: str | bytes, prefix: Sequence[str] = (), **more: Any) -> Ran:
        """Run to the end. The words are followed by `--data`, unless they hold it (or ask for none with `data=False`)."""
        timeout = more.pop("timeout", 100)
        process = self.start(*words, prefix=prefix, **more)
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            process.communicate()
            raise
        return Ran(process.returncode, out or b"", err or b"")

    def start(
        self, *words: str | bytes, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None, data: bool = True, **more: Any
    ) -> subprocess.Popen[bytes]:
        """Start in a process group of its own."""
        given = () if not data or "--data" in words else ("--data", str(self.data))
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen(
            [*prefix, *COMMAND, *words, *given], cwd=self._places["work"], env={**self._environment(), **(env or {})}, start_new_session=True, **more
        )

    def strays(self) -> list[Path]:
        """Files that commands left outside the data directory."""
        return [path for place in self._places.values() for path in sorted(place.rglob("*"))]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._places["home"]),
            "TMPDIR": str(self._places["tmp"]),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(_COMPILED),
        }


def write_catalog(path: Path, outlets: Sequence[Outlet]) -> str:
    """An `outlets.toml` of these outlets; returns its path as a word for the command line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_entry(one) for one in outlets), "utf-8")
    return str(path)


def _entry(one: Outlet) -> str:
    keys = ("name", "kind", "home", "language", "legal_name", "imprint", "controller", "feeds", "sitemaps", "state")
    values = {key: getattr(one, key) for key in keys}
    return "[[outlet]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items() if value)


def claim_text(number: int) -> str:
    """A made-up factual claim within a theme; no two numbers give claims that could both be meant."""
    return f"Đập hồ Trúc Lam số {number} ở xã Suối Ngọc vỡ đêm {number % 27 + 1}/3, {number + 3} thôn hạ du ngập trong nước."


def review_page(number: int, url: str, alternate_name: str = "Sai sự thật", value: int = 1) -> bytes:
    """A fact-checker's page about one claim, with its ClaimReview as JSON-LD."""
    markup = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": url,
        "datePublished": "2026-03-21",
        "claimReviewed": claim_text(number),
        "author": {"@type": "Organization", "name": "Trạm Soi Tin"},
        "reviewRating": {"@type": "Rating", "ratingValue": value, "bestRating": 5, "worstRating": 1, "alternateName": alternate_name},
    }
    page = article(f"Kiểm chứng: đập Trúc Lam số {number} có vỡ không?", date="2026-03-21T09:00:00+07:00")
    script = f'<script type="application/ld+json">{json.dumps(markup, ensure_ascii=False)}</script></head>'
    return page.replace(b"</head>", script.encode(), 1)


def repeating_page(number: int, paper: int = 0) -> bytes:
    """A news page whose headline and lead are the claim."""
    after = (
        f"Bản tin số {paper} của chúng tôi ghi nhận người dân đang chuyển đồ đạc lên chỗ cao và chờ nước rút trong buổi sáng.",
        "Các tuyến đường quanh hồ được rào lại, xe buýt đi vòng qua cầu phía bắc cho đến khi có thông báo mới của bến xe.",
    )
    return article(claim_text(number).rstrip("."), (claim_text(number), *after))


def checked_world(site: Site, pages: int, checks: int) -> list[Outlet]:
    """A newspaper and a fact-checker: `checks` ClaimReviews, and news pages that repeat their claims in turn; about half of each is dull news."""
    news: list[str] = []
    for number in range(pages - checks):
        url = site.url(f"/bao/{number}")
        dull = article(f"Thư viện Trúc Lam nhận thêm {number + 20} đầu sách")
        site.routes[f"/bao/{number}"] = Reply(repeating_page(number // 2 % checks, number) if number % 2 else dull)
        news.append(url)
    reviews = [site.url(f"/soi/{number}") for number in range(checks)]
    for number, url in enumerate(reviews):
        site.routes[f"/soi/{number}"] = Reply(review_page(number, url))
    return [
        outlet("Báo Trúc Lam", (site.feed("/bao.rss", news),)),
        outlet("Trạm Soi Tin", (site.feed("/soi.rss", reviews),), kind=OutletKind.FACT_CHECKER),
    ]


def stored(data: Path) -> dict[str, list[str]]:
    """Every row of every table without what two runs may differ in: times of our own, attempts, the passes; and the index's counts."""
    records = open_records(data)
    with records.begin() as conn:
        tables = [name for name in sa.inspect(conn).get_table_names() if name != "passes"]
        found = {
            table: sorted(
                repr({name: value for name, value in row.items() if not name.endswith("_at") and name != "attempts"})
                for row in conn.exec_driver_sql(f'SELECT * FROM "{table}"').mappings()
            )
            for table in tables
        }
    records.close()
    index = open_index(data)
    found["the index"] = [f"{kind}: {index.count(kind)}" for kind in ("review", "story")]
    return found


def rows(data: Path, query: str) -> list[dict[str, Any]]:
    """Rows of one SQL query on Records."""
    records = open_records(data)
    with records.begin() as conn:
        found = [dict(row) for row in conn.exec_driver_sql(query).mappings()]
    records.close()
    return found


def kill(process: subprocess.Popen[bytes], whom: str) -> None:
    """SIGKILL to the command alone ("parent"), or to it and all it has started ("group")."""
    if whom == "group":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def wait_for(true: Any, seconds: float = 60.0) -> None:
    """Until it is true; fails after so long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.01)
