"""What may be taken up at all: two allow-lists that nothing extends (no setting, no plug-in, no label)."""

from enum import StrEnum


class Theme(StrEnum):
    """The eleven themes of public safety and public services."""

    HEALTH = "health"
    DISASTER = "disaster"
    SCAMS = "scams"
    FOOD_FISHERIES = "food_fisheries"
    ECONOMY = "economy"
    PUBLIC_SERVICES = "public_services"
    EDUCATION = "education"
    TRANSPORT = "transport"
    ENVIRONMENT = "environment"
    TOURISM_CULTURE = "tourism_culture"
    SCIENCE_TECH = "science_tech"


class ClaimKind(StrEnum):
    """The five shapes of a checkable factual statement."""

    QUANTITY_OR_DATE = "quantity_or_date"
    EVENT_AT_PLACE = "event_at_place"
    RULE_OR_FEE = "rule_or_fee"
    EFFECT = "effect"
    SCAM_METHOD = "scam_method"


THEME_NAMES_VI: dict[Theme, str] = {
    Theme.HEALTH: "Y tế, sức khỏe",
    Theme.DISASTER: "Thiên tai, thời tiết, cháy nổ",
    Theme.SCAMS: "Lừa đảo",
    Theme.FOOD_FISHERIES: "Thực phẩm, nông nghiệp, thủy sản",
    Theme.ECONOMY: "Giá cả, ngân hàng, thuế, việc làm",
    Theme.PUBLIC_SERVICES: "Dịch vụ công, giấy tờ, lệ phí",
    Theme.EDUCATION: "Giáo dục",
    Theme.TRANSPORT: "Giao thông",
    Theme.ENVIRONMENT: "Môi trường",
    Theme.TOURISM_CULTURE: "Du lịch, văn hóa",
    Theme.SCIENCE_TECH: "Khoa học, công nghệ",
}
