"""Limit 4, facts, not opinions: two closed lists, and nothing outside them is taken up, filed, stored as a claim, or called by its kind."""

import ast
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from types import new_class

import pytest
import sqlalchemy as sa

from kiemtin.config import Config
from kiemtin.demo.run import world_folder
from kiemtin.demo.world import World
from kiemtin.domain.claims import ClaimReview
from kiemtin.domain.outlets import OutletKind
from kiemtin.domain.scope import THEME_NAMES_VI, ClaimKind, Theme
from kiemtin.domain.stories import Story
from kiemtin.pipeline.analysis import analyse
from kiemtin.pipeline.checks import Checker
from kiemtin.pipeline.views import alerts_view, check_view
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import outlets as outlet_store
from kiemtin.store import reviews as review_store
from kiemtin.store.stories import save_extraction
from kiemtin.store.tables import appearances, claim_reviews, claims
from nlp.profile import profile
from nlp.scope import Scope, scope_of
from tests.limits.tools import ROOT, check_of, defined, kiemtin, modules, name_words, outlet, rows, source, texts, traces
from tests.support.worlds import NOW, WORLDS

OUT = [*rows("out_of_scope.jsonl"), *({**row, "kind": "accusation"} for row in rows("accusations.jsonl"))]
IN_FLOOR = 59  # of 60 questions and forecasts; measured 2026-11: 59


# What LIMITS.md leaves alone whatever is said about it, so also in a published check.
SUBJECTS = {"politics", "elections", "protest", "human_rights", "religion", "ethnicity", "blame", "concealment", "conduct", "accusation"}


# --- the two lists ------------------------------------------------------------------------------------------------------


def test_limit_4_the_themes_are_pinned() -> None:
    """These eleven stand in LIMITS.md. Another theme widens what an office may take up about what people say: that is a change of the limit."""
    assert [theme.value for theme in Theme] == [
        "health",
        "disaster",
        "scams",
        "food_fisheries",
        "economy",
        "public_services",
        "education",
        "transport",
        "environment",
        "tourism_culture",
        "science_tech",
    ]
    assert set(THEME_NAMES_VI) == set(Theme)


def test_limit_4_the_kinds_of_claim_are_pinned() -> None:
    """The five shapes of a statement that evidence can decide. A sixth would let in what evidence cannot decide: opinions, blame, belief."""
    assert [kind.value for kind in ClaimKind] == ["quantity_or_date", "event_at_place", "rule_or_fee", "effect", "scam_method"]


@pytest.mark.parametrize("listed", [Theme, ClaimKind])
def test_limit_4_nothing_extends_the_lists(listed: type) -> None:
    with pytest.raises(TypeError):
        new_class("More", (listed,))
    with pytest.raises(ValueError, match="politics"):
        listed("politics")
    assert not [name for name in Config.model_fields if name_words(name) & {"theme", "scope", "kind", "label", "topic", "claim", "plugin"}]
    ways = ("extend_enum", "Theme._", "ClaimKind._", "entry_points(", "iter_entry_points", "_missing_")
    assert [(path, way) for path, tree in modules() for way in ways if way in source(tree)] == []


def test_limit_4_the_word_lists_name_no_other_theme_or_kind() -> None:
    data = ROOT / "nlp" / "data"
    kinds = {line.split("\t")[0] for line in (data / "claim_kinds.txt").read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")}
    assert kinds <= {kind.value for kind in ClaimKind}
    heads = {line.split("\t")[0] for line in (data / "themes.txt").read_text("utf-8").splitlines() if "\t" in line and not line.startswith("#")}
    assert heads - {"*"} <= {theme.value for theme in Theme}, "a star marks words that tell for no theme"


_SCORES = frozenset(
    """sentiment stance hostility hostile distortion toxicity toxic hate hateful abuse abusive propaganda polarity emotion emotional anger
    subjectivity loyalty reactionary dissent satire sarcasm sarcastic complaint criticism political politic religious religion""".split()  # noqa: SIM905
)


def test_limit_4_no_text_is_scored_for_its_tone_and_no_kind_of_speech_is_recognised() -> None:
    for path, tree in modules():
        assert [name for name in sorted(defined(tree)) if name_words(name) & _SCORES] == [], path
        assert not name_words(path) & _SCORES, path
        calls = {ast.unparse(node.func).split(".")[-1] for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not calls & {"sentiment", "classify_sentiment", "emotion"}, path
    artefacts = [path for path in (ROOT / "models").rglob("*") if path.is_file()]
    assert [path.name for path in artefacts if name_words(path.stem) & _SCORES] == []


# --- text by text -------------------------------------------------------------------------------------------------------


def test_limit_4_the_bundled_texts_are_as_many_as_promised() -> None:
    assert (len(rows("questions_and_forecasts.jsonl")), len(rows("accusations.jsonl")), len(rows("out_of_scope.jsonl"))) == (60, 60, 300)


def test_limit_4_questions_and_forecasts_count_by_what_they_assert() -> None:
    missed = [row["text"] for row in rows("questions_and_forecasts.jsonl") if not scope_of(profile(row["text"])).in_scope]
    assert 60 - len(missed) >= IN_FLOOR, missed


def test_limit_4_no_accusation_is_in_scope() -> None:
    assert [text for text in texts("accusations.jsonl") if scope_of(profile(text)).in_scope] == []


def test_limit_4_no_opinion_is_in_scope() -> None:
    assert [row for row in rows("out_of_scope.jsonl") if scope_of(profile(row["text"])).in_scope] == []


def test_limit_4_an_opinion_stays_out_whatever_the_story_around_it_is_about() -> None:
    assert [row for row in OUT if any(scope_of(profile(row["text"]), about=theme).in_scope for theme in (Theme.HEALTH, Theme.ECONOMY))] == []


def test_limit_4_statements_of_fact_are_in_scope() -> None:
    """The other side of the limit: a scope that let nothing in would pass all other tests."""
    inside = [text for text in texts("checkable.jsonl") if scope_of(profile(text)).in_scope]
    assert len(inside) >= 0.85 * len(texts("checkable.jsonl"))


# --- the whole way ------------------------------------------------------------------------------------------------------

AROUND = "Trang bạn đọc hôm nay có thư về bệnh viện, học phí, giá xăng, bão lũ, đường sá, an toàn thực phẩm và ngân hàng."
NEWS, CHECKER = outlet("Bao Truc Lam"), outlet("Tram Kiem Chung", OutletKind.FACT_CHECKER)


def _stories() -> Iterator[Story]:
    """Every opinion and accusation as a news story of its own; and again by tens, as letters on a page about all kinds of subjects."""
    for number, row in enumerate(OUT):
        yield _story(f"{number}/a", row["text"], row["text"])
    for start in range(0, len(OUT), 10):
        letters = "\n".join(row["text"] for row in OUT[start : start + 10])
        yield _story(f"{start}/b", "Thư bạn đọc: từ bệnh viện, trường học tới cầu đường và giá cả", f"{AROUND}\n{letters}")


def _story(path: str, title: str, text: str) -> Story:
    return Story(f"https://baotruclam.example/{path}", NEWS.name, title, text, NOW - timedelta(days=1), "vi")


def _analysed(data: Path, checks: list[ClaimReview], stories: list[Story]) -> Iterator[Workspace]:
    with open_workspace(data) as workspace:
        with workspace.records.begin() as conn:
            outlet_store.replace_catalog(conn, (NEWS, CHECKER))
            review_store.save(conn, checks)
            for story in stories:
                save_extraction(conn, NEWS, story, [], NOW)
        analyse(workspace, NOW)
        yield workspace


def _checks() -> list[ClaimReview]:
    """The checks of two made-up worlds, about the same subjects."""
    worlds = [World(folder, "http://127.0.0.1:1") for folder in (world_folder(), WORLDS / "delta")]
    found = [review for world in worlds for page in world.data["pages"] for review in page.get("reviews", ())]
    return [check_of(review["claim_reviewed"], CHECKER, path=f"/{number}") for number, review in enumerate(found)]


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """All of them in a world whose checks are about the same subjects. One plain repeat shows that the way is open."""
    checks = _checks()
    plain = _story("repeat", checks[0].claim_reviewed, checks[0].claim_reviewed)
    yield from _analysed(tmp_path_factory.mktemp("spread"), checks, [*_stories(), plain])


def test_limit_4_no_opinion_opens_an_alert(spread: Workspace) -> None:
    shown = [appearance for alert in alerts_view(spread)["alerts"] for appearance in alert["appearances"]]
    assert [(one["url"], one["quote"]) for one in shown if not one["url"].endswith("/repeat")] == []
    assert len(shown) == 1, "the plain repeat is found"


def test_limit_4_no_opinion_is_stored_as_a_claim(spread: Workspace) -> None:
    with spread.records.begin() as conn:
        quotes = set(conn.scalars(sa.select(appearances.c.quote)))
        stored = set(conn.scalars(sa.select(claims.c.text)))
    assert len(stored) == 1, f"the plain repeat is a claim, and nothing else: {sorted(quotes)}"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Somebody has published a check of each very sentence: an office's own fact-checker that calls complaints false, say."""
    checks = [check_of(row["text"], CHECKER, path=f"/{number}") for number, row in enumerate(OUT)]
    yield from _analysed(tmp_path_factory.mktemp("checked"), checks, [story for story in _stories() if story.canonical_url.endswith("/a")])


def test_limit_4_a_check_of_an_accusation_is_not_filed(checked: Workspace) -> None:
    with checked.records.begin() as conn:
        kept = set(conn.scalars(sa.select(claim_reviews.c.claim_reviewed)))
    assert [row for row in OUT if row["text"] in kept and row["kind"] in SUBJECTS] == []


def test_limit_4_a_check_of_an_opinion_makes_no_claim_and_no_alert_of_it(checked: Workspace) -> None:
    with checked.records.begin() as conn:
        stored = set(conn.scalars(sa.select(claims.c.text)))
    assert sorted(alert["claim"]["text"] for alert in alerts_view(checked)["alerts"]) == []
    assert sorted(stored) == []


# --- checks on subjects that are left alone -----------------------------------------------------------------------------

LEFT_ALONE = (
    "Ứng cử viên ghế đại biểu phường Bến Lúa mua phiếu bầu bằng 20 ký gạo",
    "Phòng phiếu số 4 đóng cửa lúc 15 giờ, cử tri đến sau không được bầu cử",
    "Đảng cầm quyền sắp đổi người đứng đầu vào ngày 3/12",
    "Đoàn biểu tình ở quảng trường Sông Mây có 20.000 người",
    "Công nhân khu Bến Lúa đình công đòi tăng lương bị đuổi việc 300 người",
    "Nhà chùa Hoa Gạo bán bùa giá 2 triệu đồng cho phật tử",
    "Uống nước thánh ở nhà thờ Mỏ Sò chữa khỏi ung thư",
    "Người dân tộc ở Nậm Vẹt không được cấp thẻ bảo hiểm y tế",
    "Chủ tịch huyện nhận hối lộ 3 tỷ đồng để cấp phép mỏ cát",
    "Bệnh viện tỉnh giấu 40 ca tử vong vì sốt xuất huyết",
    "Chính quyền bưng bít số người chết trong trận lũ ngày 12/11",
    "Công ty nước Bến Lúa cố tình xả thải ra sông mà không bị phạt",
    "The ruling party paid voters 500,000 dong each before the election",
    "Police beat protesters outside the Shell Bay town hall on 12 November",
    "Tù nhân lương tâm ở trại Sông Mây tuyệt thực 30 ngày đòi nhân quyền",
    "chinh quyen giau so nguoi chet trong tran lu ngay 12/11",
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("imported")
    taken = ("Uống nước chanh đun sôi chữa khỏi sốt xuất huyết", "Đập hồ Khe Mây bị vỡ trong đêm 17/11, ba xã ngập")
    found = [
        {"@type": "ClaimReview", "claimReviewed": text, "url": f"https://kiemchung.example/{number}"}
        for number, text in enumerate((*LEFT_ALONE, *taken))
    ]
    (folder / "checks.json").write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    report: dict[str, int] = kiemtin("factchecks", "import", folder / "checks.json", "--json", "--data", folder / "data").document
    return folder / "data", report


def test_limit_4_checks_on_politics_faith_and_blame_are_not_indexed(imported: tuple[Path, dict[str, int]]) -> None:
    data, _ = imported
    with open_workspace(data) as workspace, workspace.records.begin() as conn:
        kept = sorted(conn.scalars(sa.select(claim_reviews.c.claim_reviewed)))
    assert [text for text in LEFT_ALONE if text in kept] == []
    assert traces(data, LEFT_ALONE) == []


def test_limit_4_the_import_says_how_many_checks_were_left_out(imported: tuple[Path, dict[str, int]]) -> None:
    data, report = imported
    with open_workspace(data) as workspace:
        with workspace.records.begin() as conn:
            kept = len(list(conn.scalars(sa.select(claim_reviews.c.id))))
        filed = workspace.index.count("review")
    assert (report["read"], report["saved"], filed) == (len(LEFT_ALONE) + 2, kept, kept)
    assert report["out_of_scope"] == report["read"] - kept > 0


def test_limit_4_a_check_of_a_subject_left_alone_answers_nothing(imported: tuple[Path, dict[str, int]]) -> None:
    data, _ = imported
    with open_workspace(data) as workspace:
        checker = Checker(workspace)
        assert [text for text in LEFT_ALONE if any(match.linked for match, _ in checker.check(text).matches)] == []


# --- what is left out is not called by its kind -------------------------------------------------------------------------


def test_limit_4_the_exclusion_does_not_say_which_kind_it_was(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        checker = Checker(workspace)
        said: dict[str, set[str]] = {}
        for row in OUT:
            document = check_view(checker.check(row["text"]))
            if not document["in_scope"]:  # another test asks that none is
                said.setdefault(row["kind"], set()).add(json.dumps({key: value for key, value in document.items() if key not in ("text", "theme")}))
    assert set(said) == {row["kind"] for row in OUT}
    assert set().union(*said.values()) == {json.dumps({"in_scope": False, "matches": [], "evidence": []})}


def test_limit_4_scope_has_a_theme_and_a_kind_of_claim_and_nothing_else() -> None:
    assert [field.name for field in fields(Scope)] == ["theme", "kind"]
    assert {type(scope_of(profile(row["text"])).kind) for row in OUT} <= {type(None), ClaimKind}
    (tree,) = [tree for path, tree in modules() if path == "nlp/scope.py"]
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert {ast.unparse(node.returns) for node in public if node.returns} <= {"bool", "ClaimKind | None", "Scope"}


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in OUT}))
def test_limit_4_people_are_told_the_same_whatever_it_was(tmp_path: Path, kind: str) -> None:
    text = next(row["text"] for row in OUT if row["kind"] == kind)
    said = kiemtin("check", text, "--data", tmp_path).output
    assert "ngoài phạm vi (không phải một phát biểu thực tế thuộc lĩnh vực nào)" in said
    assert said.count("\n") == 2
