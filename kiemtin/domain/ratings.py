"""Ratings: one small scale with schema.org values, and the words under which publishers give them."""

from enum import Enum


class Rating(Enum):
    """(name in JSON, schema.org ratingValue on 1..5 or None, alternateName in Vietnamese)."""

    FALSE = ("false", 1, "Sai sự thật")
    MISLEADING = ("misleading", 2, "Gây hiểu lầm")
    MIXED = ("mixed", 3, "Đúng một phần")
    MOSTLY_TRUE = ("mostly_true", 4, "Gần đúng")
    TRUE = ("true", 5, "Đúng sự thật")
    UNPROVEN = ("unproven", None, "Chưa đủ căn cứ")
    UNKNOWN = ("unknown", None, "Không rõ")

    def __init__(self, code: str, rating_value: int | None, alternate_name: str) -> None:
        self.code = code
        self.rating_value = rating_value
        self.alternate_name = alternate_name

    @property
    def refutes(self) -> bool:
        """True where the claim as stated is contradicted."""
        return self in (Rating.FALSE, Rating.MISLEADING)

    @classmethod
    def from_code(cls, code: str) -> "Rating":
        """The rating with this JSON name; raises KeyError for any other."""
        return _BY_CODE[code]


_BY_CODE = {rating.code: rating for rating in Rating}
