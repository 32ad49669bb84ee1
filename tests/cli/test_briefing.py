"""`kiemtin briefing`: a draft before the set time, the same edition ever after, each form as a file, and what is refused in one line."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from docx import Document

from kiemtin.briefing.letter import text_of
from kiemtin.briefing.render import FORMS
from kiemtin.domain.stories import HANOI
from kiemtin.errors import InputError
from kiemtin.pipeline import workspace
from kiemtin.store import corrections
from kiemtin.store.records import open_records
from tests.support.briefing import DAY, correction, full_body
from tests.support.cli import Cli, rows

AT_SEVEN = datetime(2026, 11, 20, 7, 0, tzinfo=HANOI)
DRAFT = "Bản nháp: chưa tới giờ ra bản tin."
STATEMENT = "Câu một: đập hồ Trúc Lam vỡ"


class Clock:
    """What the command takes for the time of day."""

    now = AT_SEVEN + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(workspace, "utc_now", clock)
    return clock


def publish(data: Path, name: str) -> None:
    records = open_records(data)
    with records.change() as conn:
        corrections.save(conn, correction(name))
    records.close()


@pytest.fixture
def cli(cli: Cli) -> Cli:
    """On a data directory with one public correction of the day before."""
    cli.data.mkdir()
    publish(cli.data, "một")
    return cli


def frozen(cli: Cli) -> list[tuple[str, str]]:
    return [(row["kind"], row["day"]) for row in rows(cli.data, "SELECT kind, day FROM editions ORDER BY kind, day")]


def test_for_people_it_is_the_letter(cli: Cli) -> None:
    ran = cli("briefing")
    assert (ran.code, ran.said) == (0, "")
    body = json.loads(rows(cli.data, "SELECT body FROM editions")[0]["body"])
    said = ran.out.decode()
    assert said.startswith("BẢN TIN NGÀY 20/11/2026\n") and STATEMENT in said
    assert said.rstrip("\n") == text_of(body).rstrip("\n")


def test_before_the_set_time_it_is_a_draft_and_says_so_beside_it(cli: Cli, clock: Clock) -> None:
    clock.now = AT_SEVEN - timedelta(seconds=1)
    ran = cli("briefing")
    assert (ran.code, ran.said.strip()) == (0, DRAFT)
    assert STATEMENT in ran.out.decode() and DRAFT not in ran.out.decode()
    assert frozen(cli) == []
    clock.now = AT_SEVEN
    assert cli("briefing").said == ""
    assert frozen(cli) == [("daily", "2026-11-20")]


def test_under_json_it_is_the_body_and_whether_it_is_a_draft(cli: Cli, clock: Clock) -> None:
    document = cli("briefing", "--date", "2026-11-20", "--json").document()
    assert set(document) == {*full_body(), "draft"}
    assert (document["draft"], document["kind"], document["day"]) == (False, "daily", "2026-11-20")
    assert [one["statement"] for one in document["corrections"]] == [STATEMENT]
    clock.now = AT_SEVEN + timedelta(hours=20)  # past midnight
    ran = cli("briefing", "--json")
    assert ran.document()["draft"] is True and ran.document()["day"] == "2026-11-21" and ran.said == ""


def test_an_edition_stays_as_it_was(cli: Cli, clock: Clock) -> None:
    before = cli("briefing", "--date", "2026-11-20")
    publish(cli.data, "hai")
    clock.now += timedelta(days=30)
    assert cli("briefing", "--date", "2026-11-20").out == before.out
    assert frozen(cli) == [("daily", "2026-11-20")]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_written_as_its_ending_asks(cli: Cli, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"bản tin.{form}"
    ran = cli("briefing", "--out", str(out))
    assert (ran.code, ran.out.decode(), ran.said) == (0, f"Đã ghi {out}.\n", "")
    body = json.loads(rows(cli.data, "SELECT body FROM editions")[0]["body"])
    assert out.read_bytes() == FORMS[form][0](body)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([out.name, "data", "home", "work", "tmp"])


def test_the_document_can_be_opened_and_json_comes_beside_a_file(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "ban-tin.DOCX"
    document = cli("briefing", "--out", str(out), "--json").document()
    said = "\n".join(one.text for one in Document(io.BytesIO(out.read_bytes())).paragraphs)
    assert document["corrections"][0]["statement"] in said


def test_a_draft_can_be_written_too(cli: Cli, clock: Clock, tmp_path: Path) -> None:
    clock.now = AT_SEVEN - timedelta(hours=1)
    ran = cli("briefing", "--out", str(tmp_path / "nhap.html"))
    assert (ran.code, ran.said.strip()) == (0, DRAFT)
    assert STATEMENT in (tmp_path / "nhap.html").read_text("utf-8") and frozen(cli) == []


@pytest.mark.parametrize("name", ["bantin.doc", "bantin", "bantin.", ".html", "bantin.html.exe", "bantin.htm"])
def test_another_ending_is_wrong_usage_and_nothing_is_made(cli: Cli, tmp_path: Path, name: str) -> None:
    refusal = cli("briefing", "--out", str(tmp_path / name)).refusal(2)
    assert all(f".{form}" in refusal for form in FORMS) and "--help" in refusal
    assert not (tmp_path / name).exists() and frozen(cli) == []


@pytest.mark.parametrize("day", ["hôm nay", "20/11/2026", "2026-13-01", "2026-02-29", "2026-11-20T07:00", "", "20261120", "2026-11-20 07:00"])
def test_a_bad_date_is_wrong_usage(cli: Cli, day: str) -> None:
    cli("briefing", "--date", day).refusal(2)
    assert frozen(cli) == []


@pytest.mark.parametrize("kind", ["yearly", "DAILY", ""])
def test_another_kind_is_wrong_usage(cli: Cli, kind: str) -> None:
    cli("briefing", "--kind", kind).refusal(2)


@pytest.mark.parametrize("ahead", [1, 7, 3000])
@pytest.mark.parametrize("kind", ["daily", "monthly"])
def test_a_day_to_come_is_one_line(cli: Cli, ahead: int, kind: str) -> None:
    refusal = cli("briefing", "--date", (DAY + timedelta(days=ahead)).isoformat(), "--kind", kind, "--json").refusal()
    assert "chưa tới" in refusal and "không lường trước" not in refusal


def test_what_cannot_be_written_is_one_line_and_the_edition_is_there(cli: Cli, tmp_path: Path) -> None:
    nowhere = tmp_path / "không có" / "ban-tin.html"
    assert str(nowhere) in cli("briefing", "--out", str(nowhere)).refusal()
    (tmp_path / "thu-muc.json").mkdir()
    cli("briefing", "--out", str(tmp_path / "thu-muc.json")).refusal()
    assert frozen(cli) == [("daily", "2026-11-20")]


def test_without_its_libraries_the_print_is_one_line_that_says_what_to_install(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_body: object) -> bytes:
        raise InputError("thiếu thư viện để in PDF; cài: apt-get install libpango-1.0-0")

    monkeypatch.setitem(FORMS, "pdf", (missing, FORMS["pdf"][1]))
    assert "apt-get install" in cli("briefing", "--out", str(tmp_path / "in.pdf")).refusal()
    assert not (tmp_path / "in.pdf").exists()


@pytest.mark.parametrize(
    ("kind", "day", "title"),
    [
        ("daily", "2026-11-20", "BẢN TIN NGÀY 20/11/2026"),
        ("weekly", "2026-11-16", "BẢN TIN TUẦN 09/11 – 15/11/2026"),
        ("monthly", "2026-11-01", "BẢN TIN THÁNG 10/2026"),
    ],
)
def test_each_kind_has_its_editions(cli: Cli, kind: str, day: str, title: str) -> None:
    assert cli("briefing", "--kind", kind, "--date", day).out.decode().startswith(f"{title}\n")
    assert frozen(cli) == [(kind, day)]


def test_without_a_date_it_is_today_in_vietnam(cli: Cli, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 20, 0, 30, tzinfo=HANOI)  # still the 19th in Greenwich
    assert cli("briefing", "--json").document()["day"] == "2026-11-20"


def test_the_set_time_and_the_office_come_from_the_configuration(cli: Cli) -> None:
    (cli.data / "kiemtin.toml").write_text('briefing_time = "09:00"\noffice_name = "Văn phòng Lam Giang"\n', "utf-8")
    document = cli("briefing", "--json").document()
    assert (document["draft"], document["office"]) == (True, "Văn phòng Lam Giang")


def test_on_an_empty_data_directory_there_is_nothing_new(tmp_path: Path) -> None:
    ran = Cli(tmp_path / "trống")("briefing")
    assert ran.code == 0 and "Kỳ này không có gì mới." in ran.out.decode()
