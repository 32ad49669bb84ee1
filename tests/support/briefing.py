"""An edition's material, all of it made up: stories in clusters, watchlists, public corrections, numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from alerts.corrections import Issuer, issue, public_body, withdraw
from kiemtin.coverage.edition import CountedClaim, Material, NamedSpike, compose
from kiemtin.coverage.forecast import Forecast, ForecastDay
from kiemtin.coverage.health import Trouble, TroubleKind
from kiemtin.coverage.spikes import Spike
from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation
from kiemtin.domain.coverage import Counted, DayCount, Listed, Sector, Shelf, Subject, Watchlist, day_of
from kiemtin.domain.editions import EditionKind, period_of
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Assessment, Correction
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.domain.stories import content_id

OFFICE, PUBLIC_URL = "Văn phòng thông tin Lam Giang", "https://tin.example"
DAY, SET_TIME = date(2026, 11, 20), time(7, 0)  # a Friday
PERIOD = period_of(EditionKind.DAILY, DAY, SET_TIME)
AT = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam, inside the period
LISTS = (Watchlist("w1", "Hồ Trúc Lam"), Watchlist("w2", "Bến Sương"))
OUTLETS = ("Báo Đồng Xanh", "Đài Bến Sương", "Báo Gò Mây", "Tin Suối Ngọc", "Báo Khe Mây")
SHELF = Shelf(Subject.WEATHER, None, frozenset(), frozenset())

Clusters = Mapping[str, Mapping[str, Sequence[Listed]]]


def listed(cluster: str, at: int, outlet: str = OUTLETS[0], title: str = "") -> Listed:
    """Story number `at` of a cluster; each comes a minute after the one before."""
    moment = AT + timedelta(minutes=at)
    slug = f"{cluster}-{at}"
    return Listed(
        content_id("story", slug), f"https://bao.example/{slug}", title or f"Tin {slug}", outlet, "vi", day_of(moment), moment, moment, cluster, SHELF
    )


def cluster(name: str, stories: int = 1, outlets: int = 1) -> list[Listed]:
    """So many stories of so many outlets."""
    return [listed(name, at, OUTLETS[at % outlets]) for at in range(stories)]


def correction(name: str, now: datetime = AT) -> Correction:
    """What two people approved; each of its texts is told from the others by its first word."""
    claim = Claim(f"claim-{name}", f"Câu {name}: đập hồ Trúc Lam vỡ", Theme.DISASTER, ClaimKind.EVENT_AT_PLACE)
    piece = Evidence(
        claim.id, f"https://soitin.example/{name}", f"Trạm {name}", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES,
        f"Trích {name}: đập không vỡ.", True, Rating.FALSE, published_at=now,
    )  # fmt: skip
    assessment = Assessment(Rating.FALSE, f"Lý do {name}.", (piece.id,), f"Đáp {name}.", f"Chưa rõ {name}.")
    spread = [(DAY - timedelta(days=2), 4), (DAY - timedelta(days=1), 9)]
    return issue(None, public_body(f"k-{name}", claim, assessment, [piece], spread, Issuer(OFFICE, PUBLIC_URL)), claim, now)


def withdrawal(name: str) -> Correction:
    return withdraw(correction(name), f"Vì sao rút {name}.", AT + timedelta(hours=1))


def material(**parts: Any) -> Material:
    """Nothing at all, but for these parts."""
    empty: dict[str, Any] = {
        "period": PERIOD, "office": OFFICE, "public_url": PUBLIC_URL, "holiday": "", "watchlists": LISTS, "clusters": {}, "before": {},
        "corrections": (), "withdrawals": (), "open_alerts": (), "repeats": (), "events": (), "volume": (), "events_told": 0, "outlets": {},
        "spikes": (), "forecast": None, "troubles": (),
    }  # fmt: skip
    return Material(**{**empty, **parts})


def full_material(**parts: Any) -> Material:
    """Something in every part."""
    days = [PERIOD.last_day - timedelta(days=27 - at) for at in range(28)]
    ahead = tuple(ForecastDay(DAY + timedelta(days=at), 40.25 + at, 30 + at, 50 + at) for at in range(7))
    made = material(
        holiday="Ngày hội Đồng Xanh",
        watchlists=(replace(LISTS[0], places=frozenset({"can tho"}), sectors=frozenset({Sector.WATER})), LISTS[1]),
        clusters={"w1": {"c1": cluster("c1", 6, 5), "c2": cluster("c2")}, "w2": {"c3": cluster("c3", 4, 2)}},
        corrections=(correction("một"),),
        withdrawals=(withdrawal("hai"),),
        open_alerts=(("health", "Y tế", 3), ("disaster", "Thiên tai", 12)),
        repeats=(correction("ba"),),
        counted=(CountedClaim("Nước lá bàng chữa sởi", f"{PUBLIC_URL}/corrections/ba", ((PERIOD.last_day, 1234),), 0),),
        events=((DAY + timedelta(days=1), "Họp báo về hồ Trúc Lam"),),
        volume=[DayCount(day, 1000 + at, 400 + at) for at, day in enumerate(days)],
        events_told=1234,
        outlets={"Báo Đồng Xanh": 7, "Đài Bến Sương": 5},
        spikes=(NamedSpike(Counted.SUBJECT, Subject.WEATHER.value, "Thời tiết", Spike(PERIOD.last_day, 1250, 12.5, 0.0001)),),
        forecast=Forecast(ahead, 3.456, 4.567, 12, 0.81),
        troubles=[Trouble(OUTLETS[0], kind, 3, 1204, 12.5) for kind in TroubleKind],
    )
    return replace(made, **parts)


def full_body(**parts: Any) -> dict[str, Any]:
    return compose(full_material(**parts))


def titled(title: str, **parts: Any) -> dict[str, Any]:
    """An edition with one story of this title."""
    return full_body(clusters={"w1": {"c1": [listed("c1", 0, title=title)]}}, **parts)


def strings(value: Any) -> Iterator[str]:
    """Every string value in a body, keys left out."""
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from strings(one)
        case list() | tuple():
            for one in value:
                yield from strings(one)
