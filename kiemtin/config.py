"""The one configuration: `kiemtin.toml` in the data directory (or `--config FILE`), each key overridable by `KIEMTIN_<KEY>`.

Loaded once by a command and passed down; nothing reads it as a global.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from kiemtin.errors import ConfigError


def _split(written: object) -> object:
    return [part.strip() for part in written.split(",") if part.strip()] if isinstance(written, str) else written


# A server's name and nothing more: no path, no query, so that no account, tag or word can be asked for.
Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?$")]
Hosts = Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_split)]  # in the environment: with commas between


class Config(BaseSettings):
    """Every setting, with the default that lets the demo run. Documented in `docs/configuration.md` (a test compares)."""

    model_config = SettingsConfigDict(env_prefix="KIEMTIN_", extra="forbid", frozen=True)

    office_name: str = Field(
        "Văn phòng thông tin (chưa đặt tên)", min_length=1, max_length=200, description="Tên cơ quan, đứng trên mọi thứ được công bố"
    )
    contact: str = Field(
        "https://example.org/kiem-tin", min_length=3, max_length=300, description="Địa chỉ liên hệ ghi trong tên trình thu thập (User-Agent)"
    )
    controller: str = Field("", max_length=200, description="Ai điều hành cơ quan này: nguồn cùng người điều hành không phải là bằng chứng độc lập")
    state: str = Field(
        "VN", pattern="^[A-Z]{2}$", description="Mã nước của cơ quan: nguồn do nhà nước này điều hành không phải là bằng chứng độc lập"
    )
    crawl_delay_seconds: float = Field(2.0, ge=1.0, le=60.0, description="Khoảng nghỉ giữa hai yêu cầu tới cùng một máy chủ")
    crawl_timeout_seconds: float = Field(30.0, gt=0, le=30.0, description="Trang chậm hơn mức này bị bỏ qua")
    body_days: int = Field(90, ge=1, le=90, description="Số ngày giữ thân bài; sau đó chỉ còn tiêu đề, liên kết và câu trích")
    revisit_hours: int = Field(48, ge=0, le=720, description="Trang được hỏi lại (có điều kiện) trong bao lâu sau khi thấy lần đầu")

    semantic_model: str = Field(
        "", max_length=1000, description="Thư mục của một mô hình sentence-transformers trên máy này (cần kiemtin[semantic]); trống: không dùng"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", pattern="^https?://[^/\\s]+$", description="Địa chỉ công khai của bàn biên tập, đứng trong mọi liên kết gửi đi"
    )
    pass_minutes: int = Field(30, ge=5, le=1440, description="`kiemtin serve --catalog`: bao nhiêu phút một lượt thu thập")
    briefing_time: str = Field("07:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Giờ ra bản tin hằng ngày (giờ Việt Nam)")
    login_hours: int = Field(12, ge=1, le=72, description="Một lần đăng nhập dùng được bao lâu")
    count_mastodon: Hosts = Field(
        (),
        max_length=20,
        description="Máy chủ Mastodon mà dòng công khai được đếm (tên máy chủ); trống: không đếm. Không nhận tài khoản, thẻ hay từ khóa",
    )
    count_bluesky: Hosts = Field((), max_length=4, description="Máy chủ Jetstream của Bluesky mà dòng công khai được đếm; trống: không đếm")
    mail_host: str = Field("", max_length=253, description="Máy chủ gửi thư (SMTP); trống: không gửi thư")
    mail_port: int = Field(25, ge=1, le=65535, description="Cổng của máy chủ gửi thư")
    mail_security: str = Field("none", pattern="^(none|starttls|tls)$", description="Cách mã hóa khi gửi thư: none, starttls hoặc tls")
    mail_sender: str = Field("", max_length=254, description="Hộp thư đứng tên người gửi")
    mail_login: str = Field("", max_length=254, description="Tên đăng nhập máy chủ gửi thư; trống: không đăng nhập")
    mail_password_file: str = Field("", max_length=1000, description="Tệp chứa mật khẩu máy chủ gửi thư")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file over defaults."""
        return env_settings, init_settings


def load_config(data_dir: Path, config_file: Path | None = None) -> Config:
    """Read the configuration; raises ConfigError naming the file and the key."""
    path = config_file or data_dir / "kiemtin.toml"
    values: dict[str, Any] = {}
    if config_file is not None or path.exists():
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:  # ValueError: also bad UTF-8, bad TOML, endless numbers
            raise ConfigError(f"{path}: {error}") from error
    try:
        return Config(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
