"""`kiemtin eval` on small made-up files: the shape of its report, one prediction a row, and one line for every bad file."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kiemtin.evaluation import scores
from tests.support.cli import Cli, Ran
from tests.support.site import article

ALL_RESAMPLES = scores._RESAMPLES

# --- files ---------------------------------------------------------------------------------------------------------------

TOPICS = [
    {"topic": "The thao", "text": "Đội bóng Trúc Lam thắng 3-0 trong trận chung kết, tiền đạo ghi hai bàn thắng, cổ động viên kín sân vận động."},
    {"topic": "Suc khoe", "text": "Bác sĩ khuyên bệnh nhân tiểu đường uống thuốc theo đơn, khám định kỳ để tránh biến chứng tim mạch."},
    {"topic": "The thao", "text": "Huấn luyện viên thay ba cầu thủ ở hiệp hai, trọng tài rút thẻ đỏ, đội khách thua trận bán kết."},
    {"topic": "Suc khoe", "text": "Huấn luyện viên thay ba cầu thủ ở hiệp hai, trọng tài rút thẻ đỏ, đội khách thua trận tứ kết."},
]
DAM = "Đập hồ Trúc Lam ở xã Vân Sậy bị nứt dài 12 mét sau trận mưa đêm 18/11."
FARE = "Từ ngày 1/12, giá vé xe buýt tuyến số 5 tăng lên 12.000 đồng một lượt."
AROUND = "Mưa lớn kéo dài từ chiều hôm qua. {} Nhiều tuyến đường bị chia cắt, xe cộ không qua lại được."
VERDICTS = [
    {"statement": DAM, "evidence": DAM, "context": AROUND.format(DAM), "label": 0},
    {"statement": DAM.replace("12 mét", "40 mét"), "evidence": DAM, "context": AROUND.format(DAM), "label": "1"},
    {"statement": FARE, "evidence": FARE, "context": AROUND.format(FARE), "label": "Supported"},
    {"statement": FARE.replace("12.000", "21.000"), "evidence": FARE, "context": AROUND.format(FARE), "label": "refuted"},
    {
        "statement": "Thư viện tỉnh vừa nhận thêm nhiều đầu sách thiếu nhi từ một nhà hảo tâm ở nước ngoài gửi tặng.",
        "evidence": FARE,
        "context": AROUND.format(FARE),
        "label": "NEI",
    },
]
CHECKS = [
    {"vclaim_id": 1, "vclaim": "The Blue Lake dam burst and flooded twelve villages.", "title": "Did the dam burst?", "date": "2021-05-06"},
    {"vclaim_id": "fare", "vclaim": "Bus tickets on line 5 will cost twice as much from December."},
    {"vclaim_id": "lemon", "vclaim": "Drinking lemon water every morning cures diabetes."},
]
QUERIES = [
    ["iclaim_id", "tweet_text"],
    ["q1", "omg the dam at Blue Lake has burst — Ann (@x54) May 3, 2021"],
    ["q2", "So bus tickets double from December?"],
    ["q3", "Nothing that anybody checked"],
]
QRELS = [["q1", "0", "1", "1"], ["q2", "0", "lemon", "1"], ["q9", "0", "fare", "1"]]
PARAGRAPHS = (
    "The dam above the village burst on Monday evening after three days of heavy rain and the water reached the market.",
    "Two hundred families moved to the school on the hill, where they will stay until the water has gone down again.",
)


def lines(rows: Sequence[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def columns(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


class Files:
    """Made-up files in a folder of their own; each method gives the words that name them on the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, body: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
        return str(path)

    def topics(self, rows: Sequence[Any] = TOPICS, name: str = "topics.jsonl") -> list[str]:
        return ["topics", self.put(name, lines(rows))]

    def verdict(self, rows: Sequence[Any] = VERDICTS, name: str = "verdict.jsonl") -> list[str]:
        return ["verdict", self.put(name, lines(rows))]

    def retrieval(
        self, checks: bytes = lines(CHECKS), queries: bytes = columns(QUERIES), qrels: bytes = columns(QRELS), suffix: str = ""
    ) -> list[str]:
        named = {"claims": ("checks.jsonl", checks), "queries": ("queries.tsv", queries), "qrels": ("qrels.tsv", qrels)}
        return ["retrieval", *(word for key, (name, body) in named.items() for word in (f"--{key}", self.put(name + suffix, body)))]

    def extraction(self, truth: Any = None, pages: dict[str, bytes] | None = None) -> list[str]:
        page = article("The dam burst", PARAGRAPHS)
        for name, body in ({"a": page, "b": page} if pages is None else pages).items():
            self.put(f"pages/html/{name}.html.gz", body)
        body = "\n".join(PARAGRAPHS)
        found = {"b": {"articleBody": body}, "a": {"articleBody": body, "url": "https://example.org/1"}} if truth is None else truth
        self.put("pages/ground-truth.json", found if isinstance(found, bytes) else json.dumps(found).encode())
        return ["extraction", str(self.folder / "pages")]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand resamples take seconds whatever the size of the file; the test of the report's shape draws them all."""
    monkeypatch.setattr(scores, "_RESAMPLES", 40)


EVERY: dict[str, Callable[[Files], list[str]]] = {
    "topics": Files.topics,
    "verdict": Files.verdict,
    "retrieval": Files.retrieval,
    "extraction": Files.extraction,
}
METRICS = {
    "topics": ["accuracy", "macro_f1"],
    "verdict": [f"{metric}_{given}" for given in ("gold", "context") for metric in ("macro_f1", "refutes_precision", "refutes_recall")],
    "retrieval": ["map@5", "mrr", "hit@1"],
    "extraction": ["f1", "precision", "recall"],
}
ROWS = {"topics": 4, "verdict": 5, "retrieval": 2, "extraction": 2}


def measured(ran: Ran) -> Any:
    assert (ran.code, ran.said) == (0, "")
    return ran.document()


# --- reports -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", EVERY)
def test_a_report_has_exactly_its_shape(cli: Cli, files: Files, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "_RESAMPLES", ALL_RESAMPLES)
    report = measured(cli("eval", *EVERY[task](files), "--json"))
    assert list(report) == ["task", "n", "metrics", "intervals"]
    assert (report["task"], report["n"], list(report["metrics"])) == (task, ROWS[task], METRICS[task])
    assert list(report["intervals"]) == METRICS[task]
    for name, value in report["metrics"].items():
        low, high = report["intervals"][name]
        assert 0 <= low <= value <= high <= 1, name
    assert not cli.data.exists() and cli.strays() == [], "nothing but what was asked for is written"


@pytest.mark.parametrize("task", EVERY)
def test_the_same_files_give_the_same_report(cli: Cli, files: Files, task: str) -> None:
    words = EVERY[task](files)
    assert cli("eval", *words, "--json").out == cli("eval", *words, "--json").out


@pytest.mark.parametrize("task", EVERY)
def test_for_people_there_is_a_line_for_each_metric(cli: Cli, files: Files, task: str) -> None:
    ran = cli("eval", *EVERY[task](files))
    assert (ran.code, ran.said) == (0, "")
    first, *others = ran.out.decode().splitlines()
    assert task in first and str(ROWS[task]) in first
    assert [line.split()[0] for line in others] == METRICS[task]


def test_the_scores_of_topics_are_right(cli: Cli, files: Files) -> None:
    report = measured(cli("eval", *files.topics(), "--json"))
    assert report["metrics"] == {"accuracy": 0.75, "macro_f1": pytest.approx((0.8 + 2 / 3) / 2, abs=1e-4)}
    low, high = report["intervals"]["accuracy"]
    assert low < 0.75 < high


def test_the_scores_of_verdicts_are_right(cli: Cli, files: Files) -> None:
    metrics = measured(cli("eval", *files.verdict(), "--json"))["metrics"]
    assert metrics == dict.fromkeys(METRICS["verdict"], 1.0)
    wrong = [row | {"label": {0: 1}.get(row["label"], 0)} for row in VERDICTS[:2]]
    metrics = measured(cli("eval", *files.verdict(wrong), "--json"))["metrics"]
    assert {metrics["macro_f1_gold"], metrics["refutes_precision_gold"], metrics["refutes_recall_gold"]} == {0.0}


def test_the_scores_of_retrieval_are_right(cli: Cli, files: Files) -> None:
    """One query finds its check first, the other one's check shares no word with it; queries without a check do not count."""
    report = measured(cli("eval", *files.retrieval(), "--json"))
    assert (report["n"], report["metrics"]) == (2, {"map@5": 0.5, "mrr": 0.5, "hit@1": 0.5})
    assert report["intervals"]["map@5"] == [0.0, 1.0]


def test_the_scores_of_extraction_are_right(cli: Cli, files: Files) -> None:
    assert measured(cli("eval", *files.extraction(), "--json"))["metrics"] == {"f1": 1.0, "precision": 1.0, "recall": 1.0}
    half = {"a": {"articleBody": "\n".join(PARAGRAPHS)}, "b": {"articleBody": "Quite another text than the one that stands on the page"}}
    metrics = measured(cli("eval", *files.extraction(half), "--json"))["metrics"]
    assert metrics == {"f1": 0.5, "precision": 0.5, "recall": 0.5}


def test_rows_that_were_learnt_from_are_counted_in_a_note(cli: Cli, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the models had been learnt from these very rows."""
    from nlp import seen

    body = seen.pack([*(row["text"] for row in TOPICS[:3]), *(row["statement"] for row in VERDICTS[:3]), QUERIES[1][0]])
    monkeypatch.setattr(seen, "load_bytes", lambda _name: body)
    seen._hashes.cache_clear()
    try:
        for task, noted in (("topics", "3 of 4 "), ("verdict", "3 of 5 "), ("retrieval", "1 of 3 ")):
            report = measured(cli("eval", *EVERY[task](files), "--json"))
            assert list(report) == ["task", "n", "metrics", "intervals", "notes"]
            (note,) = report["notes"]
            assert note.startswith(noted)
            assert noted in cli("eval", *EVERY[task](files)).out.decode()
    finally:
        seen._hashes.cache_clear()


def test_several_files_are_measured_as_one(cli: Cli, files: Files) -> None:
    whole = measured(cli("eval", *files.topics(), "--json"))
    first, second = files.topics(TOPICS[:1], "1.jsonl")[1], files.topics(TOPICS[1:], "2.jsonl.gz")[1]
    assert measured(cli("eval", "topics", first, second, "--json")) == whole
    whole = measured(cli("eval", *files.verdict(), "--json"))
    first, second = files.verdict(VERDICTS[:3], "1.jsonl.gz")[1], files.verdict(VERDICTS[3:], "2.jsonl")[1]
    assert measured(cli("eval", "verdict", first, second, "--json")) == whole


def test_gzipped_files_are_read_as_plain_ones(cli: Cli, files: Files) -> None:
    pairs = [
        (files.topics(), files.topics(name="topics.jsonl.gz")),
        (files.verdict(), files.verdict(name="verdict.jsonl.gz")),
        (files.retrieval(), files.retrieval(suffix=".gz")),
    ]
    for plain, packed in pairs:
        assert all(not word.endswith(".gz") for word in plain) and packed[-1].endswith(".gz")
        assert measured(cli("eval", *packed, "--json")) == measured(cli("eval", *plain, "--json"))


def test_byte_order_marks_blank_lines_and_crlf_are_no_rows(cli: Cli, files: Files) -> None:
    odd = b"\xef\xbb\xbf" + lines(TOPICS).replace(b"\n", b"\r\n\r\n")
    assert measured(cli("eval", "topics", files.put("odd.jsonl", odd), "--json")) == measured(cli("eval", *files.topics(), "--json"))
    crlf = [body.replace(b"\n", b"\r\n") for body in (lines(CHECKS), columns(QUERIES), columns(QRELS))]
    assert measured(cli("eval", *files.retrieval(*crlf), "--json")) == measured(cli("eval", *files.retrieval(), "--json"))


def test_only_a_line_feed_ends_a_row(cli: Cli, files: Files) -> None:
    """JSON allows U+2028 and U+0085 within a string as they are."""
    row = TOPICS[0] | {"text": TOPICS[0]["text"].replace(", ", ",\u2028").replace("thắng ", "thắng\u0085")}
    assert measured(cli("eval", *files.topics([row]), "--json"))["n"] == 1


# --- predictions ---------------------------------------------------------------------------------------------------------


def predictions(cli: Cli, words: Sequence[str], out: Path) -> list[Any]:
    ran = cli("eval", *words, "--out", str(out), "--json")
    assert measured(ran) == measured(cli("eval", *words, "--json")), "the report is the same with and without --out"
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_every_row_of_topics_gets_a_label(cli: Cli, files: Files, tmp_path: Path) -> None:
    found = predictions(cli, files.topics(), tmp_path / "out")
    assert found == [{"label": "The thao"}, {"label": "Suc khoe"}, {"label": "The thao"}, {"label": "The thao"}]


def test_every_row_of_verdicts_gets_one_from_the_evidence_and_one_from_the_text(cli: Cli, files: Files, tmp_path: Path) -> None:
    found = predictions(cli, files.verdict(), tmp_path / "out")
    assert found == [{"gold": label, "context": label} for label in (0, 1, 0, 1, 2)]


def test_every_query_gets_a_ranking(cli: Cli, files: Files, tmp_path: Path) -> None:
    found = predictions(cli, files.retrieval(), tmp_path / "out")
    assert [list(row) for row in found] == [["query_id", "ranking"]] * 3
    assert [row["query_id"] for row in found] == ["q1", "q2", "q3"]
    assert found[0]["ranking"][0] == "1" and found[1]["ranking"] == ["fare"] and found[2]["ranking"] == []


def test_every_page_gets_its_body(cli: Cli, files: Files, tmp_path: Path) -> None:
    found = predictions(cli, files.extraction(), tmp_path / "out")
    assert [list(row) for row in found] == [["page", "articleBody"]] * 2
    assert [row["page"] for row in found] == ["a", "b"]
    assert all(paragraph in row["articleBody"] for row in found for paragraph in PARAGRAPHS)


def test_an_older_file_of_predictions_is_replaced(cli: Cli, files: Files, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("older\n" * 9, "utf-8")
    assert len(predictions(cli, files.topics(TOPICS[:2]), tmp_path / "out")) == 2


@pytest.mark.parametrize("task", EVERY)
@pytest.mark.parametrize("out", ["none/out", "files"])
def test_predictions_that_cannot_be_written_are_one_line(cli: Cli, files: Files, tmp_path: Path, task: str, out: str) -> None:
    assert str(tmp_path / out) in cli("eval", *EVERY[task](files), "--out", str(tmp_path / out), "--json").refusal()


# --- bad files -----------------------------------------------------------------------------------------------------------

# What is wrong with a file whatever it should hold, and what the one line has to say.
BAD: dict[str, tuple[str, bytes | None, str]] = {
    "missing": ("none.jsonl", None, "none.jsonl"),
    "no_json": ("rows.jsonl", b'{"a": 1}\n{"a"', "dòng"),
    "a_list": ("rows.jsonl", b"[1, 2]\n", "dòng 1"),
    "a_word": ("rows.jsonl", b'"text"\n', "dòng 1"),
    "deep": ("rows.jsonl", b"[" * 100_000, "dòng 1"),
    "no_key": ("rows.jsonl", b'{"other": "x"}\n', "dòng 1"),
    "no_utf8": ("rows.jsonl", b'{"text": "\xff\xfe"}\n', "UTF-8"),
    "utf16": ("rows.jsonl", '{"text": "x"}\n'.encode("utf-16"), "UTF-8"),
    "no_gzip": ("rows.jsonl.gz", None, "rows.jsonl.gz"),
    "cut_gzip": ("rows.jsonl.gz", b"x" * 1000, "rows.jsonl.gz"),
}


def bad_file(files: Files, kind: str) -> tuple[str, str]:
    name, body, said = BAD[kind]
    path = files.folder / name
    if body is not None:
        files.put(name, body)
    elif kind == "no_gzip":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not packed")
    if kind == "cut_gzip":
        path.write_bytes(path.read_bytes()[:-9])
    return str(path), said


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_of_rows_is_one_line(cli: Cli, files: Files, kind: str) -> None:
    path, said = bad_file(files, kind)
    good = files.retrieval()
    for words in (["topics", path], ["verdict", path], ["retrieval", "--claims", path, *good[3:]], ["topics", files.topics()[1], path]):
        refusal = cli("eval", *words, "--json").refusal()
        assert said in refusal and "không lường trước" not in refusal


@pytest.mark.parametrize("kind", ["missing", "no_utf8", "utf16", "no_gzip", "cut_gzip"])
@pytest.mark.parametrize("option", ["--queries", "--qrels"])
def test_a_bad_table_is_one_line(cli: Cli, files: Files, kind: str, option: str) -> None:
    path, said = bad_file(files, kind)
    words = files.retrieval()
    words[words.index(option) + 1] = path
    assert said in cli("eval", *words, "--json").refusal()


@pytest.mark.parametrize("task", ["topics", "verdict"])
@pytest.mark.parametrize("body", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_a_row_is_one_line(cli: Cli, files: Files, task: str, body: bytes) -> None:
    cli("eval", task, files.put("empty.jsonl", body), "--json").refusal()
    cli("eval", task, files.put("empty.jsonl.gz", body), "--json").refusal()


@pytest.mark.parametrize("task", ["topics", "verdict"])
def test_a_folder_is_no_file(cli: Cli, tmp_path: Path, task: str) -> None:
    assert str(tmp_path) in cli("eval", task, str(tmp_path), "--json").refusal()


@pytest.mark.parametrize("key", ["topic", "text"])
def test_a_row_of_topics_without_a_key_is_named(cli: Cli, files: Files, key: str) -> None:
    rows = [TOPICS[0], {name: value for name, value in TOPICS[1].items() if name != key}]
    assert "dòng 2" in cli("eval", *files.topics(rows), "--json").refusal()


@pytest.mark.parametrize("key", ["statement", "evidence", "context"])
def test_a_row_of_verdicts_without_a_key_is_named(cli: Cli, files: Files, key: str) -> None:
    rows = [VERDICTS[0], {name: value for name, value in VERDICTS[1].items() if name != key}]
    assert "dòng 2" in cli("eval", *files.verdict(rows), "--json").refusal()


def test_a_row_of_verdicts_without_a_label_is_refused(cli: Cli, files: Files) -> None:
    rows = [{name: value for name, value in VERDICTS[0].items() if name != "label"}]
    cli("eval", *files.verdict(rows), "--json").refusal()


@pytest.mark.parametrize("topic", ["Chinh tri", "the thao", "", 7, None, ["The thao"]])
def test_an_unknown_topic_is_one_line(cli: Cli, files: Files, topic: Any) -> None:
    said = cli("eval", *files.topics([TOPICS[0], TOPICS[1] | {"topic": topic}]), "--json").refusal()
    assert "chủ đề" in said and str(topic) in said


@pytest.mark.parametrize("label", [3, -1, "maybe", "", None, True, 0.5, [1]])
def test_an_unknown_label_is_one_line(cli: Cli, files: Files, label: Any) -> None:
    said = cli("eval", *files.verdict([VERDICTS[0], VERDICTS[1] | {"label": label}]), "--json").refusal()
    assert "nhãn" in said and str(label) in said


@pytest.mark.parametrize(("label", "number"), [(" 1 ", 1), ("REFUTED", 1), ("Not Enough Information", 2), ("nei", 2), ("supported", 0), (0, 0)])
def test_labels_are_read_in_numbers_and_words(cli: Cli, files: Files, label: Any, number: int) -> None:
    row = VERDICTS[{0: 0, 1: 1, 2: 4}[number]] | {"label": label}
    assert measured(cli("eval", *files.verdict([row]), "--json"))["metrics"]["macro_f1_gold"] == 1.0


@pytest.mark.parametrize("task", ["topics", "verdict"])
def test_control_characters_of_a_file_never_reach_the_terminal(cli: Cli, files: Files, task: str) -> None:
    paint = "\x1b[2Jx\x07"
    words = files.topics([TOPICS[0] | {"topic": paint}]) if task == "topics" else files.verdict([VERDICTS[0] | {"label": paint}])
    cli("eval", *words).refusal()


@pytest.mark.parametrize("key", ["vclaim_id", "vclaim"])
def test_a_check_without_a_key_is_named(cli: Cli, files: Files, key: str) -> None:
    rows = [CHECKS[0], {name: value for name, value in CHECKS[1].items() if name != key}]
    assert "dòng 2" in cli("eval", *files.retrieval(lines(rows)), "--json").refusal()


@pytest.mark.parametrize(
    ("queries", "qrels", "said"),
    [
        (QUERIES, [], "qrels"),
        (QUERIES, [["q9", "0", "1", "1"]], "qrels"),
        (QUERIES, [["q1", "0", "1", "0"]], "qrels"),
        ([], QRELS, "qrels"),
        (QUERIES[:1], QRELS, "qrels"),
        (QUERIES, [["q1", "0", "1"]], "dòng 1"),
        ([*QUERIES, ["q4"]], QRELS, "dòng 5"),
    ],
    ids=["no qrels", "of other queries", "none relevant", "no queries", "only a header", "three columns", "one column"],
)
def test_queries_without_a_relevant_check_are_one_line(
    cli: Cli, files: Files, queries: Sequence[Sequence[str]], qrels: Sequence[Sequence[str]], said: str
) -> None:
    assert said in cli("eval", *files.retrieval(queries=columns(queries), qrels=columns(qrels)), "--json").refusal()


def test_no_checks_at_all_are_one_line(cli: Cli, files: Files) -> None:
    cli("eval", *files.retrieval(b""), "--json").refusal()


def test_a_quoted_cell_may_hold_tabs_quotation_marks_and_line_feeds(cli: Cli, files: Files, tmp_path: Path) -> None:
    """As in the CheckThat! files."""
    queries = [QUERIES[0], ["q1", '"""The dam\tat Blue Lake\nhas burst"""'], QUERIES[2], QUERIES[3]]
    found = predictions(cli, files.retrieval(queries=columns(queries)), tmp_path / "out")
    assert [row["query_id"] for row in found] == ["q1", "q2", "q3"]
    assert found[0]["ranking"][0] == "1"


def test_a_lone_carriage_return_is_no_surprise(cli: Cli, files: Files) -> None:
    ran = cli("eval", *files.retrieval(queries=columns(QUERIES).replace(b"the dam", b"the\rdam")), "--json")
    assert "không lường trước" not in ran.said


def test_half_a_character_in_an_id_is_no_surprise(cli: Cli, files: Files, tmp_path: Path) -> None:
    checks = lines(CHECKS).replace(b'"fare"', b'"\\ud800"')
    ran = cli("eval", *files.retrieval(checks), "--out", str(tmp_path / "out"), "--json")
    assert "không lường trước" not in ran.said


@pytest.mark.parametrize(
    "truth",
    [b"", b"{", b"\xff\xfe", [], {}, {"a": 1}, {"a": {}}, {"a": []}, {"a": {"body": "x"}}, {"none": {"articleBody": "x"}}],
    ids=["empty", "no json", "no utf-8", "a list", "no pages", "a number", "no body", "another list", "another key", "no such page"],
)
def test_a_bad_ground_truth_is_one_line(cli: Cli, files: Files, truth: Any) -> None:
    words = files.extraction(truth)
    refusal = cli("eval", *words, "--json").refusal()
    assert words[1] in refusal and "không lường trước" not in refusal


def test_a_deep_ground_truth_is_no_surprise(cli: Cli, files: Files) -> None:
    assert "không lường trước" not in cli("eval", *files.extraction(b"[" * 100_000), "--json").refusal()


@pytest.mark.parametrize("spoil", [lambda body: body[:-20], lambda _: b"not packed", lambda body: body[:12]], ids=["cut", "not packed", "cut early"])
def test_a_bad_page_is_one_line(cli: Cli, files: Files, spoil: Callable[[bytes], bytes]) -> None:
    words = files.extraction()
    page = Path(words[1]) / "html" / "b.html.gz"
    page.write_bytes(spoil(page.read_bytes()))
    assert str(page) in cli("eval", *words, "--json").refusal()


def test_a_page_without_an_article_scores_nothing_and_stops_nothing(cli: Cli, files: Files, tmp_path: Path) -> None:
    words = files.extraction(pages={"a": article("The dam burst", PARAGRAPHS), "b": b"\x00\xff nothing to read"})
    assert measured(cli("eval", *words, "--json"))["metrics"]["recall"] == 0.5


def test_a_page_in_another_encoding_is_read(cli: Cli, files: Files) -> None:
    page = article("The dam burst", tuple(f"{text} Café." for text in PARAGRAPHS)).decode()
    latin = page.replace('charset="utf-8"', 'charset="iso-8859-1"').encode("latin-1", "xmlcharrefreplace")
    truth = {"a": {"articleBody": "\n".join(f"{text} Café." for text in PARAGRAPHS)}}
    assert measured(cli("eval", *files.extraction(truth, {"a": latin}), "--json"))["metrics"]["f1"] == 1.0


def test_a_folder_without_ground_truth_is_one_line(cli: Cli, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        assert "ground-truth.json" in cli("eval", "extraction", str(folder), "--json").refusal()


def test_predictions_of_a_bad_file_are_not_written(cli: Cli, files: Files, tmp_path: Path) -> None:
    cli("eval", *files.topics([TOPICS[0], {"topic": "The thao"}]), "--out", str(tmp_path / "out")).refusal()
    assert not (tmp_path / "out").exists()


# --- wrong usage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("topics",),
        ("verdict",),
        ("extraction",),
        ("extraction", "a", "b"),
        ("retrieval",),
        ("retrieval", "--claims", "a", "--queries", "b"),
        ("retrieval", "--claims", "a", "--qrels", "b"),
        ("retrieval", "--queries", "a", "--qrels", "b"),
        ("retrieval", "--claims", "a", "--queries", "b", "--qrels", "c", "d"),
        ("topics", "a", "--out"),
        ("topics", "a", "--nonsense"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_exit_2(cli: Cli, words: Sequence[str]) -> None:
    # `--data` goes first: behind a lone `--out` it would be its value.
    assert "--help" in cli("eval", words[0], "--data", str(cli.data), *words[1:]).refusal(2)
