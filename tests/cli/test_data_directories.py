"""Data directories that cannot be used, or that somebody else is using: one line, nothing lost, and what can be mended is mended."""

import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiemtin.store.records import writer_lock
from tests.support.cli import Cli, Ran, checked_world, claim_text, stored, wait_for, write_catalog
from tests.support.site import Reply, Site, article, outlet

CHECK = {
    "@type": "ClaimReview",
    "claimReviewed": claim_text(7),
    "url": "https://soitin.example/7",
    "author": {"@type": "Organization", "name": "Trạm Soi Tin"},
    "reviewRating": {"@type": "Rating", "alternateName": "Sai sự thật"},
}


def small_catalog(site: Site, folder: Path) -> str:
    return write_catalog(folder / "outlets.toml", [outlet(feeds=(site.feed("/rss", [site.page("/tin/1")]),))])


# Rights


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


@contextmanager
def read_only(folder: Path) -> Iterator[list[str]]:
    """Gives what makes a command one for which the folder cannot be written: root writes everywhere but on a read-only mount."""
    if os.geteuid() == 0:
        prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", READ_ONLY, str(folder)]
        if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
            pytest.skip("root, and mounting is not permitted here: a read-only directory cannot be tried")
        yield prefix
        return
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    try:
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        yield []
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def test_a_data_directory_that_is_read_only_is_one_line(full: Cli, site: Site, tmp_path: Path) -> None:
    catalog = small_catalog(site, tmp_path)
    before = stored(full.data)
    with read_only(full.data) as prefix:
        assert str(full.data) in full.process("run", "--catalog", catalog, "--loopback-ok", "--json", prefix=prefix).refusal()
        doctor = full.process("doctor", "--json", prefix=prefix)
    assert doctor.code == 1 and any(not finding["ok"] and finding["mend"] for finding in doctor.document()["findings"])
    assert site.log == [] and stored(full.data) == before
    assert full("run", "--catalog", catalog, "--loopback-ok", "--json").document()["crawl"]["new"] == 1


def test_a_data_directory_that_cannot_be_made_is_one_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/kiemtin")):
        assert str(place) in cli("alerts", "--json", "--data", str(place)).refusal()


# Others at work


def test_another_writer_is_waited_for_by_nobody(full: Cli, site: Site, tmp_path: Path) -> None:
    (tmp_path / "checks.json").write_text(json.dumps(CHECK))
    catalog = small_catalog(site, tmp_path)
    before = stored(full.data)
    with writer_lock(full.data):
        for words in (("run", "--catalog", catalog, "--loopback-ok"), ("factchecks", "import", str(tmp_path / "checks.json")), ("reindex",)):
            assert str(full.data) in full(*words, "--json").refusal()
        assert len(full("alerts", "--json").document()["alerts"]) == 3
        assert full("check", claim_text(1), "--json").document()["matches"]
    assert stored(full.data) == before
    assert full("factchecks", "import", str(tmp_path / "checks.json"), "--json").document()["saved"] == 1


def test_reading_goes_on_while_the_database_is_being_written(full: Cli) -> None:
    with sqlite3.connect(full.data / "records.sqlite3") as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(full("alerts", "--json").document()["alerts"]) == 3
        assert full("check", claim_text(1), "--json").document()["matches"]
        assert full("doctor", "--json").code == 0
        other.rollback()
    other.close()


def test_two_runs_at_once(cli: Cli, site: Site, tmp_path: Path) -> None:
    pages = [site.page(f"/tin/{number}", f"Nước hồ Trúc Lam dâng {number} mét") for number in range(20)]
    go_on = threading.Event()
    site.routes["/cham"] = lambda _before: Reply(article("Trang chậm về hồ Trúc Lam")) if go_on.wait(30) else Reply(status=500)
    paper = outlet(feeds=(site.feed("/rss", [*pages, site.url("/cham")]),))
    words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", [paper]), "--loopback-ok", "--json")
    first = cli.start(*words)
    wait_for(lambda: site.asked("/rss"))
    second = cli(*words)
    go_on.set()
    out, err = first.communicate(timeout=60)
    assert str(cli.data) in second.refusal()
    assert Ran(first.returncode, out, err).document()["crawl"]["new"] == 21
    assert [path for path in site.paths() if site.paths().count(path) > 1] == []


def at_once(cli: Cli, *words: str) -> list[Ran]:
    """The same command twice at the same time."""
    processes = [cli.start(*words, "--json") for _ in range(2)]
    ended = [process.communicate(timeout=60) for process in processes]
    return [Ran(process.returncode, *said) for process, said in zip(processes, ended, strict=True)]


def test_first_commands_at_once_make_one_schema(cli: Cli) -> None:
    assert [(ran.code, ran.said) for ran in at_once(cli, "alerts")] == [(0, "")] * 2


def test_checks_at_once_over_a_lost_index_all_find(full: Cli) -> None:
    shutil.rmtree(full.data / "index")
    found = at_once(full, "check", claim_text(1))
    assert [(ran.code, ran.said) for ran in found] == [(0, "")] * 2
    assert all(ran.document()["matches"] for ran in found)


# Damage


def break_header(data: Path) -> None:
    (data / "records.sqlite3").write_bytes(b"this is not a database, and is longer than a header of one hundred bytes" * 99)


def break_middle(data: Path) -> None:
    body = bytearray((data / "records.sqlite3").read_bytes())
    body[4096:-4096] = b"\xff" * (len(body) - 8192)
    (data / "records.sqlite3").write_bytes(body)


def cut_short(data: Path) -> None:
    body = (data / "records.sqlite3").read_bytes()
    (data / "records.sqlite3").write_bytes(body[: len(body) // 3])


def another_schema(data: Path) -> None:
    with sqlite3.connect(data / "records.sqlite3") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()


def make_directory(data: Path) -> None:
    (data / "records.sqlite3").unlink()
    (data / "records.sqlite3").mkdir()


@pytest.mark.parametrize("damage", [break_header, break_middle, cut_short, another_schema, make_directory])
def test_a_broken_database_is_one_line_and_is_left_as_it_is(full: Cli, filled: Path, damage: Callable[[Path], None]) -> None:
    for leftover in ("records.sqlite3-wal", "records.sqlite3-shm"):
        (full.data / leftover).unlink(missing_ok=True)
    damage(full.data)
    kept = (full.data / "records.sqlite3").read_bytes() if (full.data / "records.sqlite3").is_file() else b""
    for words in (("alerts",), ("check", claim_text(1))):
        full(*words, "--json").refusal()
    doctor = full("doctor", "--json")
    assert doctor.code == 1 and any(not finding["ok"] and finding["mend"] for finding in doctor.document()["findings"])
    assert not kept or (full.data / "records.sqlite3").read_bytes() == kept
    shutil.rmtree(full.data)
    shutil.copytree(filled, full.data)
    assert full("check", claim_text(1), "--json").document()["matches"]


def garble(path: Path) -> None:
    path.write_bytes(os.urandom(max(100, path.stat().st_size)))


def garble_all(index: Path, pattern: str) -> None:
    for path in (index / "review").glob(pattern):
        garble(path)


def lose_terms(index: Path) -> None:
    for path in (index / "review").glob("*.term"):
        path.unlink()


def make_a_file_of(index: Path) -> None:
    shutil.rmtree(index)
    index.touch()


INDEX_DAMAGE: dict[str, Callable[[Path], object]] = {
    "meta_garbled": lambda index: garble(index / "review" / "meta.json"),
    "meta_empty": lambda index: (index / "review" / "meta.json").write_bytes(b""),
    "all_garbled": lambda index: garble_all(index, "*.*"),
    "terms_garbled": lambda index: garble_all(index, "*.term"),
    "postings_garbled": lambda index: garble_all(index, "*.idx"),
    "texts_garbled": lambda index: garble_all(index, "*.store"),
    "terms_gone": lose_terms,
    "one_half_gone": lambda index: shutil.rmtree(index / "review"),
    "all_gone": shutil.rmtree,
    "a_file": make_a_file_of,
}


@pytest.mark.parametrize("kind", INDEX_DAMAGE)
def test_a_broken_index_is_built_anew_from_records(full: Cli, kind: str) -> None:
    """An empty answer would be a lie: the check is in Records."""
    whole = stored(full.data)
    INDEX_DAMAGE[kind](full.data / "index")
    ran = full("check", claim_text(1), "--json")
    assert ran.document()["matches"] and ran.said == ""
    assert stored(full.data) == whole
    assert full("reindex", "--json").document() == {"indexed": 12 + 3}
    assert stored(full.data) == whole


@pytest.mark.parametrize("suffix", ["term", "idx", "store", "fieldnorm"])
def test_an_index_that_breaks_within_is_said_and_reindex_mends_it(full: Cli, suffix: str) -> None:
    """What shows only when a passage is looked for: the last line names the command that mends it (before it, tantivy may say what it met)."""
    for path in (full.data / "index" / "review").glob(f"*.{suffix}"):
        body = bytearray(path.read_bytes())
        body[: len(body) // 3] = b"\xff" * (len(body) // 3)
        path.write_bytes(body)
    ran = full("check", claim_text(1), "--json")
    assert ran.document()["text"] if ran.code == 0 else "kiemtin reindex" in ran.said.splitlines()[-1]
    assert full("reindex", "--json").document() == {"indexed": 12 + 3}
    assert full("check", claim_text(1), "--json").document()["matches"]


# A full disk


class SmallDisk:
    """A tmpfs that only commands inside its mount namespace see: `prefix` puts a command there."""

    def __init__(self, folder: Path, size: str) -> None:
        folder.mkdir()
        self.folder = folder
        script = 'mount -t tmpfs -o size="$1" tmpfs "$0" && echo ready && exec cat'
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(folder), size]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._holder.stdout is not None
        self.works = self._holder.stdout.readline() == b"ready\n"
        self.prefix = ["nsenter", "--target", str(self._holder.pid), "--mount", "--wd=/"]

    def grow(self, size: str) -> None:
        subprocess.run([*self.prefix, "mount", "-o", f"remount,size={size}", str(self.folder)], check=True)

    def copy_to(self, folder: Path) -> None:
        """What lies on the disk, for looking at it from here."""
        shutil.copytree(f"/proc/{self._holder.pid}/root{self.folder}", folder, dirs_exist_ok=True)

    def close(self) -> None:
        self._holder.communicate()


def test_a_full_disk_is_one_line_and_room_lets_it_go_on(tmp_path: Path) -> None:
    """Full while the schema is made, then while pages are stored; then there is room."""
    with small_disk(tmp_path / "disk", "200k") as disk, Site() as site:
        words = ("run", "--catalog", write_catalog(tmp_path / "outlets.toml", checked_world(site, 20, 3)), "--loopback-ok", "--json")
        cli, roomy = Cli(tmp_path, disk.folder), Cli(tmp_path / "roomy")
        assert roomy(*words).code == 0
        refusals: list[str] = []
        for size in ("200k", "1000k", "64m"):
            disk.grow(size)
            if (ran := cli.process(*words, prefix=disk.prefix)).code:
                refusals.append(ran.refusal())
        assert ran.code == 0 and len(refusals) == 2
        assert [said for said in refusals if "full" not in said and "No space left" not in said] == []
        disk.copy_to(tmp_path / "copy")
    assert stored(tmp_path / "copy") == stored(roomy.data)


def test_standard_output_on_a_full_disk_is_one_line(full: Cli) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full: a full standard output cannot be tried")
    with open("/dev/full", "wb") as nowhere:
        assert "No space left" in full.process("alerts", "--json", stdout=nowhere).refusal()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("nsenter") is None:
        pytest.skip("not root, or no unshare: a full disk cannot be tried")
    disk = SmallDisk(folder, size)
    try:
        if not disk.works:
            pytest.skip("mounting is not permitted here: a full disk cannot be tried")
        yield disk
    finally:
        disk.close()
