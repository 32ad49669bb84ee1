"""Limit 3, four doors only: a tip with personal data is refused and not stored, any other is gone after 72 hours, and no tip can be searched."""

import ast
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiemtin.errors import InputError
from kiemtin.pipeline.checks import Checker
from kiemtin.pipeline.intake import TipAnswer, import_tips, take_tip
from kiemtin.pipeline.passes import forget
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import tips as tip_store
from kiemtin.store.tables import tips
from tests.limits.conftest import DemoRun
from tests.limits.tools import Ran, kiemtin, modules, source, texts, traces

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
HOURS_72 = timedelta(hours=72)


def written(folder: Path, found: list[str]) -> Path:
    file = folder / "tips.jsonl"
    file.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in found), "utf-8")
    return file


def stored(workspace: Workspace) -> list[str]:
    with workspace.records.begin() as conn:
        return list(conn.scalars(sa.select(tips.c.text)))


@pytest.fixture
def data(demo: DemoRun, tmp_path: Path) -> Path:
    """A data directory with published checks in it."""
    shutil.copytree(demo.data, tmp_path / "data")
    return tmp_path / "data"


def handed_in(data: Path, found: list[str]) -> tuple[Ran, list[dict[str, Any]]]:
    ran = kiemtin("tips", "import", written(data.parent, found), "--json", "--data", data)
    assert ran.code == 0, ran.errors
    return ran, ran.document["tips"]


def test_limit_3_two_hundred_denunciations_are_refused_or_gone_after_72_hours(tmp_path: Path) -> None:
    data = tmp_path / "data"
    denunciations = texts("private_tips.jsonl")
    assert len(denunciations) == 200
    ran, answers = handed_in(data, denunciations)
    refused = [text for text, answer in zip(denunciations, answers, strict=True) if answer["outcome"] == "refused"]
    assert len(refused) >= 195, [text for text in denunciations if text not in refused]
    assert traces(data, tuple(text for text in refused if len(text) > 20)) == []
    assert [text for text in refused if text in ran.output + ran.errors] == []
    with open_workspace(data) as workspace:
        kept = stored(workspace)
        assert not set(kept) & set(refused)
        forget(workspace, datetime.now(UTC) + HOURS_72)
        assert stored(workspace) == []
    assert traces(data, tuple(denunciations)) == []


def test_limit_3_a_refusal_is_kind_and_repeats_nothing(data: Path) -> None:
    text = "Ông Nguyễn Văn Hợi, số 0950 112 334, ở 12 ngõ Chùa Vẹt tung tin đập Sông Mây vỡ, mail hoi.vidu@thu.example."
    ran, (answer,) = handed_in(data, [text])
    assert (answer["outcome"], answer["matches"]) == ("refused", [])
    assert answer["message"].startswith("Cảm ơn bạn.")
    assert "không lưu" in answer["message"]
    assert [part for part in ("Nguyễn Văn Hợi", "0950", "Chùa Vẹt", "hoi.vidu", "Sông Mây") if part in ran.output] == []
    shown = kiemtin("tips", "import", written(data.parent, [text]), "--data", data)
    assert "Nguyễn Văn Hợi" not in shown.output + shown.errors
    assert traces(data, ("Nguyễn Văn Hợi", "0950 112 334", "Chùa Vẹt", "hoi.vidu", text)) == []


def test_limit_3_a_clean_tip_lives_72_hours_and_leaves_no_byte(tmp_path: Path) -> None:
    clean = texts("clean_tips.jsonl")
    data = tmp_path / "data"
    with open_workspace(data) as workspace:
        answers = import_tips(workspace, written(tmp_path, clean), NOW)
        kept = [text for text, answer in zip(clean, answers, strict=True) if answer.outcome == "kept"]
        assert len(kept) >= 40, [(text, answer.outcome) for text, answer in zip(clean, answers, strict=True) if answer.outcome != "kept"]
        assert sorted(stored(workspace)) == sorted(kept)
        assert len(traces(data, tuple(kept))) >= len(kept), "while they live they are there: the look for them works"
        assert forget(workspace, NOW + HOURS_72 - timedelta(seconds=1)) == 0
        assert forget(workspace, NOW + HOURS_72) == len(kept)
        assert traces(data, tuple(clean)) == [], "also while the database is open"
    assert traces(data, tuple(clean)) == []


def test_limit_3_a_tip_older_than_72_hours_is_not_shown_even_before_it_is_deleted(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        import_tips(workspace, written(tmp_path, texts("clean_tips.jsonl")[:3]), NOW)
        with workspace.records.begin() as conn:
            assert tip_store.load_tips(conn, NOW + HOURS_72 - timedelta(seconds=1))
            assert tip_store.load_tips(conn, NOW + HOURS_72) == []


def test_limit_3_sending_a_tip_again_does_not_make_it_live_longer(tmp_path: Path) -> None:
    file = written(tmp_path, texts("clean_tips.jsonl")[:1])
    with open_workspace(tmp_path) as workspace:
        import_tips(workspace, file, NOW)
        import_tips(workspace, file, NOW + timedelta(hours=71))
        assert len(stored(workspace)) == 1
        assert forget(workspace, NOW + HOURS_72) == 1


def test_limit_3_every_pass_deletes_old_tips(tmp_path: Path) -> None:
    """The pass calls `forget`, and nothing lets a setting stretch the time."""
    assert tip_store.LIFETIME == HOURS_72
    (tree,) = [tree for path, tree in modules() if path == "kiemtin/pipeline/passes.py"]
    (run_pass,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "run_pass"]
    assert "forget(workspace, utc_now())" in ast.unparse(run_pass)


def test_limit_3_a_tip_is_neither_filed_nor_found(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        import_tips(workspace, written(tmp_path, texts("clean_tips.jsonl")), NOW)
        assert stored(workspace)
        assert {kind: workspace.index.count(kind) for kind in ("review", "story")} == {"review": 0, "story": 0}
        checker = Checker(workspace)
        assert [text for text in texts("clean_tips.jsonl") if checker.check(text).matches] == []
    assert kiemtin("claims", "--json", "--data", tmp_path).document == {"claims": []}
    assert kiemtin("alerts", "--json", "--data", tmp_path).document == {"alerts": []}


def test_limit_3_a_tip_with_an_answer_is_not_kept(data: Path) -> None:
    _, (answer,) = handed_in(data, ["Uống nước chanh đun sôi chữa khỏi sốt xuất huyết"])
    assert answer["outcome"] == "answered"
    assert answer["matches"]
    with open_workspace(data) as workspace:
        assert stored(workspace) == []


@pytest.mark.parametrize("name", ["out_of_scope.jsonl", "accusations.jsonl"])
def test_limit_3_a_tip_that_is_no_checkable_statement_is_not_kept(tmp_path: Path, name: str) -> None:
    with open_workspace(tmp_path) as workspace:
        answers = import_tips(workspace, written(tmp_path, texts(name)), NOW)
        assert [text for text, answer in zip(texts(name), answers, strict=True) if answer.outcome == "kept"] == []
        assert stored(workspace) == []


LINK = "https://tin-la.example/bai/77?ma=77"


@pytest.mark.parametrize(
    "text",
    [
        f"Nghe nói đập tràn Phú Sơn bị nước cuốn một đoạn 20 mét lúc 5 giờ sáng nay, xem {LINK}",
        f"{LINK} viết rằng bão số 15 sẽ vào Quảng Trị đêm 24/11 với sức gió cấp 11.",
        "Bài ở tin-la.example/bai/77 viết rằng bão số 15 sẽ vào Quảng Trị đêm 24/11 với sức gió cấp 11.",
        "Động đất 4,7 độ ở Tây Trà My lúc 22 giờ 15, nguồn www.tin-la.example",
    ],
)
def test_limit_3_a_link_outside_the_catalogue_is_dropped(data: Path, text: str) -> None:
    handed_in(data, [text])
    assert traces(data, ("tin-la.example",)) == []


@pytest.mark.parametrize("second", ['{"text": 5}', "{", '{"text": ""}', '["x"]', json.dumps({"text": "Ngàn Vẹt " * 400})])
def test_limit_3_a_file_with_a_bad_line_is_refused_whole_and_not_quoted(data: Path, second: str) -> None:
    file = data.parent / "tips.jsonl"
    file.write_text(json.dumps({"text": "Đập tràn Ngàn Vẹt vỡ một đoạn 20 mét lúc 5 giờ sáng"}, ensure_ascii=False) + "\n" + second + "\n", "utf-8")
    ran = kiemtin("tips", "import", file, "--json", "--data", data)
    assert (ran.code, ran.output, "Vẹt" in ran.errors) == (1, "", False)
    assert len(ran.errors.splitlines()) == 1
    assert traces(data, ("Ngàn Vẹt",)) == []


def test_limit_3_a_tip_says_nothing_of_its_sender(tmp_path: Path) -> None:
    """Whatever stands beside the text is not read; nothing about the sender has a column."""
    assert set(tips.columns.keys()) == {"id", "text", "theme", "received_at"}
    file = tmp_path / "tips.jsonl"
    row = {"text": texts("clean_tips.jsonl")[0], "name": "Canary Người Gửi", "ip": "203.0.113.77", "phone": "0900 000 000"}
    file.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    ran = kiemtin("tips", "import", file, "--json", "--data", tmp_path / "data")
    assert ran.document["tips"][0]["outcome"] == "kept"
    assert traces(tmp_path / "data", ("Canary Người Gửi", "203.0.113.77", "0900 000 000")) == []


def test_limit_3_personal_data_is_looked_for_before_anything_else(tmp_path: Path) -> None:
    """Even a text that a published check covers is refused when it names somebody, and so is one that is out of scope."""

    def answer(text: str) -> TipAnswer:
        with open_workspace(tmp_path) as workspace:
            return take_tip(workspace, Checker(workspace), text, NOW)

    assert answer("Bà Trần Thị Ví Dụ nói uống nước chanh đun sôi chữa khỏi sốt xuất huyết").outcome == "refused"
    assert answer("Theo tôi, ông Nguyễn Văn Hợi thật đáng trách.").outcome == "refused"
    assert answer("Bà Trần Thị Ví Dụ nói uống nước chanh đun sôi chữa khỏi sốt xuất huyết").checked is None


def test_limit_3_other_doors_are_shut(tmp_path: Path) -> None:
    """Claims come from published pages, checks, bulletins and tips: no module but these writes any."""
    writers = {path for path, tree in modules() if "save_claims(" in source(tree) or "sa.insert(claims)" in source(tree)}
    # `tipping`: a reviewer restates a tip in their own words; the door is the tip's.
    assert writers == {"kiemtin/store/queue.py", "kiemtin/pipeline/analysis.py", "kiemtin/pipeline/tipping.py"}
    keepers = {path for path, tree in modules() if "save_tip(" in source(tree)}
    assert keepers == {"kiemtin/store/tips.py", "kiemtin/pipeline/intake.py"}
    with open_workspace(tmp_path) as workspace, pytest.raises(InputError):
        import_tips(workspace, tmp_path / "nothing.jsonl", NOW)
