"""How a passage sets what it tells apart from what is the case: as a drill, as a mere proposal, as something of another time.

`Diễn tập: đập bị nứt` does not say that the dam is cracked; `đề xuất thu phí` does not say that a fee is taken.
"""

import re

_FRAMES = {
    # A drill, or a case that is only supposed.
    "staged": r"diễn tập|giả định|mô phỏng|tập huấn|kịch bản|thi thử|đóng giả|phim trường|a drill|exercise scenario",
    # Talked about, not decided.
    "proposed": r"đề xuất|dự thảo|đang nghiên cứu|đang xem xét|xem xét việc|lấy ý kiến|góp ý|phương án|nếu được thông qua|kiến nghị|draft|proposed|proposal",
    # Told of another year.
    "bygone": r"năm ngoái|năm trước|năm kia|cách đây \w+ năm|nhiều năm trước|\w+ năm trước|hồi năm|last year|years ago|in the past",
}
_MARKED = {name: re.compile(rf" (?:{words}) ") for name, words in _FRAMES.items()}


def frames(forms: str, marked: bool) -> frozenset[str]:
    """The frames a passage stands in, by its syllables between blanks; unmarked text has none that could be told."""
    return frozenset(name for name, pattern in _MARKED.items() if pattern.search(forms)) if marked else frozenset()
