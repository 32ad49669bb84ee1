"""The command as a user runs it: what it prints, its exit code, and what it leaves behind.

`Cli(...)` calls the entry point in this process, which spares starting Python; `Cli.process` and `Cli.start` run a process of its own.
"""

import fcntl
import json
import os
import signal
import socketserver
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
import sqlalchemy as sa

from kiemtin.cli import main
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.store.index import open_index
from kiemtin.store.records import open_records
from tests.support.site import Reply, Site, article, outlet

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-P", "-m", "kiemtin.cli"]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind: exit code, standard output and standard error as bytes."""

    code: int
    out: bytes
    err: bytes

    def document(self) -> Any:
        """Standard output as what it must be under `--json`: one JSON document in UTF-8, and nothing else."""
        assert "Traceback" not in self.said, self.said
        assert self.out, self
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
    """`kiemtin` on one data directory. A process of its own gets home, working directory and temporary files under `folder`: strays are seen."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.data = data or folder / "data"
        self._places = {name: folder / name for name in ("home", "work", "tmp")}
        for place in self._places.values():
            place.mkdir(parents=True, exist_ok=True)

    def __call__(self, *words: str | bytes, env: Mapping[str, str] | None = None, data: bool = True) -> Ran:
        """Run the entry point here. The words are followed by `--data`, unless they hold it (or ask for none with `data=False`)."""
        given = [os.fsdecode(word) for word in self._words(words, data)]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            with _instead(out, err), pytest.MonkeyPatch.context() as patch:
                patch.chdir(self._places["work"])
                patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
                for name, value in (env or {}).items():
                    patch.setenv(name, value)
                patch.setattr(sys, "argv", ["kiemtin", *given])
                code = _exit_code()
            return Ran(code, _whole(out), _whole(err))

    def process(self, *words: str | bytes, timeout: float = 60, **more: Any) -> Ran:
        """Run as a process of its own, to the end."""
        process = self.start(*words, **more)
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
        """Start a process in a group of its own."""
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        command = [*prefix, *COMMAND, *self._words(words, data)]
        return subprocess.Popen(command, cwd=self._places["work"], env={**self._environment(), **(env or {})}, start_new_session=True, **more)

    def strays(self) -> list[Path]:
        """Files that processes left outside the data directory."""
        return [path for place in self._places.values() for path in sorted(place.rglob("*"))]

    def _words(self, words: Sequence[str | bytes], data: bool) -> list[str | bytes]:
        return [*words] if not data or "--data" in words else [*words, "--data", str(self.data)]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._places["home"]),
            "TMPDIR": str(self._places["tmp"]),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
        }


def _exit_code() -> int:
    try:
        main()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0


@contextmanager
def _instead(out: IO[bytes], err: IO[bytes]) -> Iterator[None]:
    """Standard output and error of this process go to these files: also what libraries that are not Python write there."""
    kept = [os.dup(1), os.dup(2)]
    with open(1, "w", encoding="utf-8", closefd=False) as told, open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as said:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(sys, "stdout", told)
                patch.setattr(sys, "stderr", said)
                # The test's own servers run in this process: what they say of broken connections is not the command's.
                patch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)
                yield
                told.flush()
                said.flush()
        finally:
            for number, original in enumerate(kept, 1):
                os.dup2(original, number)
                os.close(original)


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` fills once for all the processes of a test run. Copy what is in it before changing it."""
    base = factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()
    folder = base / f"once-{name}"
    folder.mkdir(exist_ok=True)
    with (base / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder


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
