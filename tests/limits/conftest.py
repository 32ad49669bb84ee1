"""The demo, run once as people run it, for all tests that look at what it leaves behind."""

import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.limits.tools import ROOT, Ran, kiemtin
from tests.support.site import Asked, Reply, Route, Site, article, rss

# Reports every connection, name look-up and datagram of the program and of the processes that it starts.
_WATCH = """
import os, sys
def watch(event, arguments, file=os.open(os.environ["LIMITS_WATCH"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)):
    if event in ("socket.connect", "socket.sendto"):
        os.write(file, f"{event} {arguments[-1]!r}\\n".encode())
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        os.write(file, f"{event} {arguments[0]!r}\\n".encode())
sys.addaudithook(watch)
"""
CLIENT, FORWARDED = "127.0.0.9", "203.0.113.77"


@dataclass(frozen=True, slots=True)
class DemoRun:
    """One `kiemtin demo --once` in an empty home: its data directory, all it said, whom it spoke to, and what it left elsewhere."""

    data: Path
    said: str
    code: int
    base: str
    spoke_to: tuple[str, ...]
    left_elsewhere: tuple[Path, ...]
    answered_client: int


def watched_environment(folder: Path) -> dict[str, str]:
    """An environment whose home and temporary directory are below a folder, and in which every connection is noted in `watch.log`."""
    for name in ("home", "temporary", "site", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(_WATCH, "utf-8")
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("KIEMTIN_", "XDG_"))},
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LIMITS_WATCH": str(folder / "watch.log"),
    }


def files_below(*folders: Path) -> tuple[Path, ...]:
    return tuple(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    folder = tmp_path_factory.mktemp("demo")
    said, answered = folder / "said.txt", list[int]()
    with said.open("wb") as output:
        command = subprocess.Popen(
            [sys.executable, "-m", "kiemtin.cli", "demo", "--once", "--port", "0", "--data", str(folder / "data")],
            cwd=folder / "work",
            env=watched_environment(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        client = threading.Thread(target=_read_as_client, args=(said, command, answered), daemon=True)
        client.start()
        command.wait(timeout=120)
        client.join()
    yield DemoRun(
        folder / "data",
        said.read_text("utf-8"),
        command.returncode,
        f"http://127.0.0.1:{_world_port(said)}",
        tuple((folder / "watch.log").read_text("utf-8").splitlines()),
        files_below(folder / "home", folder / "temporary", folder / "work"),
        sum(answered),
    )


def _world_port(said: Path) -> int | None:
    """Where the made-up world is served, once the demo has said so."""
    found = re.search(r"tại http://127\.0\.0\.1:(\d+)", said.read_text("utf-8"))
    return int(found.group(1)) if found else None


def leave_at_once(port: int) -> None:
    """Ask for a page and reset the connection: a server that reports this would name the client."""
    with socket.create_connection(("127.0.0.1", port), 5, (CLIENT, 0)) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {FORWARDED}\r\n\r\n".encode())


def _read_as_client(said: Path, command: "subprocess.Popen[bytes]", answered: list[int]) -> None:
    """Somebody else reads the demo's pages while it runs, from an address of their own."""
    while command.poll() is None and sum(answered) < 20:
        port = _world_port(said)
        if port is None:
            time.sleep(0.02)
            continue
        try:
            with socket.create_connection(("127.0.0.1", port), 5, (CLIENT, 0)) as link:
                link.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {FORWARDED}\r\nConnection: close\r\n\r\n".encode())
                answered.append(int(b"200" in link.recv(64)))
                link.recv(65_536)
            leave_at_once(port)
        except OSError:
            time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Wire:
    """One `kiemtin run` over one outlet, as its server saw it, as a server it may not ask saw it, and as the watch noted it. `ports`: of the two."""

    asked: tuple[Asked, ...]
    stray: tuple[str, ...]
    most_at_once: int
    spoke_to: tuple[str, ...]
    ports: tuple[int, ...]
    ran: Ran
    data: Path


@pytest.fixture(scope="session")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The outlet's pages are full of ways out: links, images, scripts, addresses in markup, cookies, a login, a refresh, a kept-out folder."""
    folder = tmp_path_factory.mktemp("wire")
    with Site() as site, Site() as elsewhere, pytest.MonkeyPatch.context() as patch:
        at_once, counted = _count_at_once()
        catalog = folder / "outlets.toml"
        catalog.write_text(_traps(site, elsewhere, counted), "utf-8")
        for name, value in watched_environment(folder).items():
            if name in ("PYTHONPATH", "LIMITS_WATCH", "PYTHONDONTWRITEBYTECODE"):
                patch.setenv(name, value)
        ran = kiemtin("run", "--catalog", catalog, "--loopback-ok", "--json", "--data", folder / "data")
        ports = tuple(int(one.url("").rsplit(":", 1)[1]) for one in (site, elsewhere))
        noted = tuple((folder / "watch.log").read_text("utf-8").splitlines())
        yield Wire(tuple(site.log), tuple(elsewhere.paths()), max(at_once), noted, ports, ran, folder / "data")


Counted = Callable[[Reply], Route]


def _count_at_once() -> tuple[list[int], Counted]:
    """How many requests were being answered at the same time, at each request; and what makes a reply count."""
    seen, open_now, lock = [0], [0], threading.Lock()

    def counted(reply: Reply) -> Callable[[int], Reply]:
        def answer(_before: int) -> Reply:
            with lock:
                open_now[0] += 1
                seen.append(open_now[0])
            time.sleep(0.03)
            with lock:
                open_now[0] -= 1
            return reply

        return answer

    return seen, counted


def _traps(site: Site, elsewhere: Site, count: Counted) -> str:
    out = elsewhere.url
    review = f'{{"@type":"ClaimReview","claimReviewed":"Nước hồ Trúc Lam có độc","url":"{out("/check")}","image":"{out("/ld")}"}}'
    ways = f"""<link rel="canonical" href="{out("/canonical")}"><link rel="amphtml" href="{out("/amp")}">
<link rel="alternate" href="{out("/alternate")}"><meta http-equiv="refresh" content="0;url={out("/refresh")}">
<meta property="og:image" content="{out("/image")}"><script src="{out("/script")}"></script>
<script type="application/ld+json">{review}</script>"""
    body = f"""<a href="{out("/link")}">xem thêm</a><img src="{out("/img")}"><iframe src="{out("/frame")}"></iframe>
<form action="{out("/login")}" method="post"><input name="password"></form>
<a href="{site.url("/unlisted")}">trang không có trong danh sách</a>"""
    pages = [f"/tin/{number}" for number in range(6)]
    cookie = {"Set-Cookie": "session=1; Path=/"}
    for path in pages:
        page = (
            article(f"Nước hồ Trúc Lam dâng ở bậc đo {path}")
            .replace(b"</head>", ways.encode() + b"</head>")
            .replace(b"</main>", body.encode() + b"</main>")
        )
        site.routes[path] = count(Reply(page, headers=cookie))
    site.routes["/members"] = count(Reply(b"login", 401, headers={**cookie, "WWW-Authenticate": "Basic realm=x"}))
    site.routes["/challenge"] = count(Reply(b"prove that you are human", 403, headers=cookie))
    site.routes["/away"] = count(Reply(b"", 302, headers={"Location": out("/redirected")}))
    robots = f"User-agent: *\nDisallow: /kin/\nSitemap: {out('/sitemap.xml')}\n".encode()
    site.routes["/robots.txt"] = count(Reply(robots, content_type="text/plain", headers=cookie))
    listed = [*(site.url(path) for path in pages), *map(site.url, ("/members", "/challenge", "/away", "/kin/1"))]
    items = "".join(f"<item><title>Tin</title><link>{url}</link><comments>{out('/comments')}</comments></item>" for url in listed)
    items += f"<item><title>Tin của nơi khác</title><link>{out('/listed')}</link></item><atom:link rel='hub' href='{out('/hub')}'/>"
    feed = rss(items).replace(b'<rss version="2.0">', b'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">')
    site.routes["/rss"] = count(Reply(feed, content_type="application/rss+xml", headers=cookie))
    values = {
        "name": "Báo Trúc Lam",
        "kind": "news",
        "home": site.url(),
        "feeds": [site.url("/rss")],
        "language": "vi",
        "legal_name": "Công ty Trúc Lam",
    }
    values |= {"imprint": "1 đường Trúc Lam", "controller": "Hội Trúc Lam"}
    return "[[outlet]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
