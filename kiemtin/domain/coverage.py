"""Press clipping: subjects, watchlists, clusters and daily counts. Published stories of any subject may be listed; not all are counted over time."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiemtin.domain.stories import HANOI


class Subject(StrEnum):
    """IPTC Media Topics, top level, by the two digits that the codes have kept since the old subject codes (https://cv.iptc.org/newscodes/mediatopic/)."""

    ARTS = "01"
    CRIME = "02"
    DISASTER = "03"
    ECONOMY = "04"
    EDUCATION = "05"
    ENVIRONMENT = "06"
    HEALTH = "07"
    HUMAN_INTEREST = "08"
    LABOUR = "09"
    LIFESTYLE = "10"
    POLITICS = "11"
    RELIGION = "12"
    SCIENCE = "13"
    SOCIETY = "14"
    SPORT = "15"
    CONFLICT = "16"
    WEATHER = "17"


# LIMITS 9: of these, stories are listed; no series, spike or forecast is ever made over them.
LISTED_ONLY = frozenset({Subject.CRIME, Subject.LABOUR, Subject.POLITICS, Subject.RELIGION, Subject.SOCIETY, Subject.CONFLICT})

SUBJECT_NAMES_VI: dict[Subject, str] = {
    Subject.ARTS: "Văn hóa, giải trí, truyền thông",
    Subject.CRIME: "Pháp luật, an ninh trật tự",
    Subject.DISASTER: "Thiên tai, tai nạn, sự cố",
    Subject.ECONOMY: "Kinh tế, tài chính",
    Subject.EDUCATION: "Giáo dục",
    Subject.ENVIRONMENT: "Môi trường",
    Subject.HEALTH: "Y tế, sức khỏe",
    Subject.HUMAN_INTEREST: "Chuyện đời thường",
    Subject.LABOUR: "Lao động",
    Subject.LIFESTYLE: "Lối sống, giải trí cá nhân",
    Subject.POLITICS: "Chính trị, chính quyền",
    Subject.RELIGION: "Tôn giáo",
    Subject.SCIENCE: "Khoa học, công nghệ",
    Subject.SOCIETY: "Xã hội",
    Subject.SPORT: "Thể thao",
    Subject.CONFLICT: "Xung đột, chiến sự",
    Subject.WEATHER: "Thời tiết",
}


class Sector(StrEnum):
    """Fields of public life that a watchlist can ask for; their words are in `nlp/data/sectors.txt`."""

    INVESTMENT = "investment"
    TRADE = "trade"
    EXPORT_RULES = "export_rules"
    FISHERIES = "fisheries"
    FARMING = "farming"
    TOURISM = "tourism"
    CULTURE = "culture"
    SPORT = "sport"
    EDUCATION = "education"
    SCIENCE = "science"
    HEALTH = "health"
    TRANSPORT = "transport"
    ENERGY = "energy"
    BANKING = "banking"
    HOUSING = "housing"
    WATER = "water"
    DISASTER = "disaster"
    PUBLIC_SERVICES = "public_services"


SECTOR_NAMES_VI: dict[Sector, str] = {
    Sector.INVESTMENT: "Đầu tư",
    Sector.TRADE: "Thương mại, xuất nhập khẩu",
    Sector.EXPORT_RULES: "Quy định của thị trường xuất khẩu",
    Sector.FISHERIES: "Thủy sản",
    Sector.FARMING: "Nông nghiệp",
    Sector.TOURISM: "Du lịch",
    Sector.CULTURE: "Văn hóa",
    Sector.SPORT: "Thể thao",
    Sector.EDUCATION: "Giáo dục, đào tạo",
    Sector.SCIENCE: "Khoa học, công nghệ, chuyển đổi số",
    Sector.HEALTH: "Y tế",
    Sector.TRANSPORT: "Giao thông, hạ tầng",
    Sector.ENERGY: "Điện, năng lượng",
    Sector.BANKING: "Ngân hàng, tài chính",
    Sector.HOUSING: "Nhà ở, đất đai",
    Sector.WATER: "Nguồn nước, xâm nhập mặn, sạt lở",
    Sector.DISASTER: "Bão lũ, thiên tai, cháy nổ",
    Sector.PUBLIC_SERVICES: "Dịch vụ công, thủ tục",
}


class ListedOnlyError(ValueError):
    """A series was asked for over a subject of which stories are only listed (LIMITS 9)."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a story stands, by what it is about: never how it is told. `theme`: a code of `Theme`, or None. `places`: provinces of today, folded."""

    subject: Subject
    theme: str | None
    places: frozenset[str]
    sectors: frozenset[Sector]

    @property
    def is_counted(self) -> bool:
        """False for subjects that are listed only."""
        return self.subject not in LISTED_ONLY


@dataclass(frozen=True, slots=True)
class FreeTerm:
    """A watchlist's own word: it matches nothing before a second person has confirmed it, and stands on `/sources` from then on."""

    text: str
    proposed_by: str
    confirmed_by: str = ""

    @property
    def is_public(self) -> bool:
        return bool(self.confirmed_by) and self.confirmed_by != self.proposed_by


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Listed places, sectors and subjects: a story is on it where it has one of each kind that the list names. Empty kinds ask for nothing."""

    id: str
    name: str
    places: frozenset[str] = frozenset()
    sectors: frozenset[Sector] = frozenset()
    subjects: frozenset[Subject] = frozenset()
    terms: tuple[FreeTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A published story as press clipping shows it: title, outlet, time and link, and nothing that says who wrote or shared it.

    `moment`: `published_at`, or when it was first seen.
    """

    story_id: str
    url: str
    title: str
    outlet: str
    language: str
    day: date
    moment: datetime
    published_at: datetime | None
    cluster_id: str
    shelf: Shelf
    watchlists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnDay:
    """One story in the counts of its day."""

    outlet: str
    subject: Subject
    theme: str | None
    watchlists: tuple[str, ...]
    cluster_id: str


class Counted(StrEnum):
    """What is counted by day. An outlet's own count says how much was collected, whatever the subject."""

    ALL = "all"
    OUTLET = "outlet"
    SUBJECT = "subject"
    THEME = "theme"
    WATCHLIST = "watchlist"


@dataclass(frozen=True, slots=True)
class DayCount:
    """Stories, and the clusters that they belong to, on one day of Vietnam's."""

    day: date
    stories: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Stock:
    """One outlet on one day. `listed`: new addresses in its feeds; `parsed`: new stories; `read`, `refused`: pages asked for
    that day that stand as read, and as unreadable;    `undated`: new stories without a date; `future_dated`: pages refused for a date to come; `feeds_failed`: feeds that gave nothing last time."""

    day: date
    outlet: str
    passes: int = 0
    feeds_failed: int = 0
    listed: int = 0
    parsed: int = 0
    read: int = 0
    refused: int = 0
    undated: int = 0
    future_dated: int = 0


def day_of(moment: datetime) -> date:
    """A day is Asia/Ho_Chi_Minh's."""
    return moment.astimezone(HANOI).date()
