"""What the commanding process hands to the crawl process, and what comes back: one JSON document a line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import kiemtin
from kiemtin.config import Config
from kiemtin.domain.outlets import Outlet, OutletKind

MAX_PAGES_PER_OUTLET = 20_000


@dataclass(frozen=True, slots=True)
class Manners:
    """How the crawler behaves. Seconds throughout; `timeout_seconds` bounds one page with all its redirects."""

    user_agent: str
    delay_seconds: float
    timeout_seconds: float
    loopback_ok: bool


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: `task` is "crawl" or "check"; `save` names the function that keeps a story ("module:function")."""

    task: str
    data_dir: str
    outlets: tuple[Outlet, ...]
    manners: Manners
    revisit_hours: int
    save: str
    parent: int
    pages_per_outlet: int = MAX_PAGES_PER_OUTLET


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing of one outlet that could not be taken in; `line` says it to a person: outlet, what, address."""

    outlet: str
    url: str
    reason: str
    line: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a crawl is."""

    requests: int
    stories: int
    waiting: int


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a crawl did. `refusals` counts per reason; `left` are pages per outlet beyond its share, asked for in the next pass."""

    requests: int = 0
    not_modified: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    reviews: int = 0
    gone: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)
    resumed: bool = False
    duration_seconds: float = 0.0


def manners_of(config: Config, loopback_ok: bool) -> Manners:
    """The configured manners; the contact is cut down to what a header can carry."""
    contact = "".join(char for char in config.contact if char.isascii() and char.isprintable())
    agent = f"KiemTin/{kiemtin.__version__} (+{contact})"
    return Manners(agent, config.crawl_delay_seconds, config.crawl_timeout_seconds, loopback_ok)


def order_to_json(order: Order) -> str:
    return json.dumps(asdict(order))


def order_from_json(text: str) -> Order:
    values: dict[str, Any] = json.loads(text)
    outlets = tuple(_outlet(outlet) for outlet in values.pop("outlets"))
    manners = Manners(**values.pop("manners"))
    return Order(outlets=outlets, manners=manners, **values)


def report_from_json(values: dict[str, Any]) -> CrawlReport:
    failures = tuple(Failure(**failure) for failure in values.pop("failures"))
    return CrawlReport(failures=failures, **values)


def _outlet(values: dict[str, Any]) -> Outlet:
    lists: dict[str, Any] = {key: tuple(values.pop(key)) for key in ("feeds", "sitemaps", "speaks_for")}
    return Outlet(kind=OutletKind(values.pop("kind")), **lists, **values)
