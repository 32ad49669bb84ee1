"""The one configuration: documented key by key, overridable by the environment, and refused where it cannot be used."""

import os
import re
from pathlib import Path

import pytest

from kiemtin.config import Config, load_config
from kiemtin.errors import ConfigError

DOCUMENT = Path(__file__).parents[1] / "docs" / "configuration.md"
KEYS = sorted(Config.model_fields)
ROW = re.compile(r"^\| `([a-z_]+)` \| `(.*?)` \| (.+) \|$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("KIEMTIN_")]:
        monkeypatch.delenv(name)


def written(folder: Path, text: str) -> Path:
    (folder / "kiemtin.toml").write_text(text, "utf-8")
    return folder


def test_the_document_lists_every_key_once_and_no_other() -> None:
    listed = [key for key, _, _ in ROW.findall(DOCUMENT.read_text("utf-8"))]
    assert sorted(listed) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_the_document_gives_each_keys_default_and_meaning(key: str) -> None:
    rows = {name: (default, meaning) for name, default, meaning in ROW.findall(DOCUMENT.read_text("utf-8"))}
    field = Config.model_fields[key]
    assert rows[key] == (repr(field.default), field.description)


def test_the_defaults_let_everything_run(tmp_path: Path) -> None:
    config = load_config(tmp_path)
    assert config == Config()
    assert config.state == "VN"
    assert config.crawl_delay_seconds >= 1
    assert list(tmp_path.iterdir()) == [], "loading writes nothing"


def test_a_file_in_the_data_directory_is_read(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, 'office_name = "Văn phòng Sông Mây"\nbody_days = 30\n')).office_name == "Văn phòng Sông Mây"
    assert load_config(tmp_path).body_days == 30


def test_a_file_that_is_named_is_read_instead(tmp_path: Path) -> None:
    written(tmp_path, "body_days = 30")
    (tmp_path / "other.toml").write_text("body_days = 20", "utf-8")
    assert load_config(tmp_path, tmp_path / "other.toml").body_days == 20


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'body_days = 30\noffice_name = "Từ tệp"\n')
    monkeypatch.setenv("KIEMTIN_BODY_DAYS", "10")
    config = load_config(tmp_path)
    assert (config.body_days, config.office_name) == (10, "Từ tệp")


@pytest.mark.parametrize("key", KEYS)
def test_every_key_can_be_set_by_the_environment(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value = {
        "state": "LA",
        "crawl_delay_seconds": "3.5",
        "crawl_timeout_seconds": "12.5",
        "body_days": "7",
        "revisit_hours": "5",
        "public_url": "https://tin.example",
        "pass_minutes": "45",
        "briefing_time": "06:30",
        "login_hours": "8",
        "mail_port": "2525",
        "mail_security": "tls",
        "count_mastodon": "may.example,suong.example:8443",
        "count_bluesky": "jetstream.example",
    }.get(key, "giá trị khác")
    monkeypatch.setenv(f"KIEMTIN_{key.upper()}", value)
    found = getattr(load_config(tmp_path), key)
    assert found != Config.model_fields[key].default
    assert (",".join(found) if isinstance(found, tuple) else str(found)) == value


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("unknown_key = 1", "unknown_key"),
        ('api_token = "x"', "api_token"),
        ("[themes]\npolitics = true", "themes"),
        ("body_days = 0", "body_days"),
        ("body_days = 91", "body_days"),
        ("body_days = -1", "body_days"),
        ('body_days = "lâu"', "body_days"),
        ("crawl_delay_seconds = 0.5", "crawl_delay_seconds"),
        ("crawl_delay_seconds = 61", "crawl_delay_seconds"),
        ("crawl_delay_seconds = nan", "crawl_delay_seconds"),
        ("crawl_timeout_seconds = 0", "crawl_timeout_seconds"),
        ("crawl_timeout_seconds = 31", "crawl_timeout_seconds"),
        ("revisit_hours = -1", "revisit_hours"),
        ("revisit_hours = 721", "revisit_hours"),
        ('state = "vn"', "state"),
        ('state = "VNM"', "state"),
        ('state = ""', "state"),
        ('office_name = ""', "office_name"),
        (f'office_name = "{"x" * 201}"', "office_name"),
        ('contact = "x"', "contact"),
        ("office_name = 5", "office_name"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_key_in_one_line(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    assert key in str(caught.value) and "kiemtin.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_environment_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIEMTIN_BODY_DAYS", "100")
    with pytest.raises(ConfigError, match="body_days"):
        load_config(tmp_path)


@pytest.mark.parametrize("body", [b"body_days = ", b"\xff\xfe\x00", b"= 1"])
def test_a_file_that_is_no_toml_is_refused(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "kiemtin.toml").write_bytes(body)
    with pytest.raises(ConfigError, match=r"kiemtin\.toml"):
        load_config(tmp_path)


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load_config(tmp_path, tmp_path / "none.toml")
    with pytest.raises(ConfigError):
        load_config(tmp_path, tmp_path)


def test_it_does_not_change_once_loaded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_config(tmp_path).body_days = 5  # type: ignore[misc]
