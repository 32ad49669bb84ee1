"""`outlets.toml`: validated once, here. An outlet is a declaration; nothing else in the code knows an outlet by name."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

import kiemtin
from crawlers.refused_hosts import refused_host
from crawlers.urls import canonicalize
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.errors import CatalogError

MAX_OUTLETS = 2_000
MAX_FILE_BYTES = 5 * 1024 * 1024

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]

_WORDS = {
    "missing": "thiếu",
    "extra_forbidden": "khóa không có trong quy định",
    "enum": 'phải là "news", "fact_checker" hoặc "authority"',
    "string_too_short": "để trống",
    "string_too_long": "quá dài",
    "string_type": "phải là một chuỗi",
    "tuple_type": "phải là một danh sách",
    "bool_type": "phải là true hoặc false",
    "int_type": "phải là một số nguyên",
}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: _Line
    kind: Annotated[OutletKind, Field(strict=False)]
    home: _Address
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]
    legal_name: _Line
    imprint: _Line
    controller: _Line
    feeds: Annotated[tuple[_Address, ...], Field(max_length=200, strict=False)] = ()
    sitemaps: Annotated[tuple[_Address, ...], Field(max_length=200, strict=False)] = ()
    state: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None
    min_stories_per_day: Annotated[int, Field(ge=0, le=100_000)] | None = None
    speaks_for: Annotated[tuple[_Line, ...], Field(max_length=200, strict=False)] = ()
    verified: bool = True

    @field_validator("home")
    @classmethod
    def _home(cls, value: str) -> str:
        return _checked(value)

    @field_validator("feeds", "sitemaps")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_checked(value) for value in values))


def load_catalog(path: Path) -> tuple[Outlet, ...]:
    """The declared outlets, in the file's order, with canonical addresses; raises CatalogError in one line that names entry and key."""
    tables = _tables(path)
    outlets = tuple(_outlet(path, number, table) for number, table in enumerate(tables, 1))
    seen: dict[str, int] = {}
    for number, outlet in enumerate(outlets, 1):
        # Two names that differ in case alone would be told apart by nobody.
        first = seen.setdefault(outlet.name.casefold(), number)
        if first != number:
            raise CatalogError(f'{path}: outlet {number} "{outlet.name}": name: trùng với outlet {first}')
    return outlets


def bundled_catalog_path() -> Path:
    """The catalogue that ships: in the wheel beside the `kiemtin` package, in a checkout at the repository's root."""
    package = Path(kiemtin.__file__).parent
    for path in (package / "outlets.toml", package.parent / "outlets.toml"):
        if path.is_file():
            return path
    raise CatalogError("outlets.toml: không tìm thấy danh mục đi kèm; hãy dùng --catalog")


def _tables(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CatalogError(f"{path}: lớn hơn 5 MiB")
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CatalogError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path}: không phải UTF-8 (byte {error.start})") from error
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path}: không đúng TOML: {' '.join(str(error).split())[:200]}") from error
    unknown = sorted(set(document) - {"outlet"})
    if unknown:
        raise CatalogError(f"{path}: {unknown[0][:60]!r}: khóa không có trong quy định; chỉ có [[outlet]]")
    tables = document.get("outlet", [])
    if not isinstance(tables, list) or not tables:
        raise CatalogError(f"{path}: không có mục [[outlet]] nào")
    if len(tables) > MAX_OUTLETS:
        raise CatalogError(f"{path}: {len(tables)} mục [[outlet]]; nhiều nhất {MAX_OUTLETS}")
    return tables


def _outlet(path: Path, number: int, table: Any) -> Outlet:
    name = table.get("name") if isinstance(table, dict) else None
    label = f"outlet {number}" + (f' "{" ".join(name.split())[:80]}"' if isinstance(name, str) and name.strip() else "")
    try:
        entry = _Entry.model_validate(table)
    except ValidationError as error:
        raise CatalogError(f"{path}: {label}: {_said(error)}") from error
    if not entry.feeds and not entry.sitemaps:
        raise CatalogError(f"{path}: {label}: feeds: cần ít nhất một địa chỉ trong feeds hoặc sitemaps")
    return Outlet(**{field: getattr(entry, field) for field in _Entry.model_fields})


def _said(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part)[:60] for part in first["loc"]) or "[[outlet]]"
    words = _WORDS.get(first["type"]) or str(first["ctx"]["error"] if first["type"] == "value_error" else first["msg"])
    return f"{key}: {words}"


def _checked(address: str) -> str:
    try:
        canonical = canonicalize(address)
        refused = refused_host(address) or refused_host(canonical)
    except ValueError as error:
        raise ValueError(f"không phải một địa chỉ http(s) dùng được ({error})") from error
    if refused:
        raise ValueError(f"{refused[:80]} là mạng xã hội, nơi viết cá nhân, diễn đàn hoặc cầu nối; không nhận làm nguồn")
    return canonical
