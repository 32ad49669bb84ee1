"""How often a public claim is said again in public posts: numbers a claim, platform class and day, and nothing smaller than ten (LIMITS 2)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FEWEST = 10  # below it a number could point at somebody: it is shown as "<10" and stored as nothing
UNDER_TEN = "<10"


class Said(StrEnum):
    """What a post says of a claim."""

    REPEAT = "repeat"
    DENIAL = "denial"


class Platform(StrEnum):
    """The only thing that is known of where a post stood."""

    SOCIAL = "social"
    VIDEO = "video"
    MESSAGING = "messaging"
    OTHER = "other"


_OF_NAME = {
    **dict.fromkeys(
        ["social", "facebook", "instagram", "threads", "twitter", "x", "mastodon", "bluesky", "reddit", "linkedin", "weibo", "vk", "lotus", "gapo"],
        Platform.SOCIAL,
    ),
    **dict.fromkeys(["video", "youtube", "tiktok", "vimeo", "dailymotion", "twitch", "douyin", "bilibili"], Platform.VIDEO),
    **dict.fromkeys(["messaging", "zalo", "telegram", "viber", "whatsapp", "messenger", "signal", "line", "wechat", "discord"], Platform.MESSAGING),
}


def platform_of(name: str) -> Platform:
    """The class of a platform by its name, from a fixed table; what is not in it is `other`."""
    return _OF_NAME.get(name.strip().lower(), Platform.OTHER)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What one number is about. `day`: in Viet Nam."""

    claim_id: str
    day: date
    platform: Platform
    said: Said


def shown(count: int) -> int | str:
    """The number as it is shown: "<10" below ten, zero included."""
    return count if count >= FEWEST else UNDER_TEN
