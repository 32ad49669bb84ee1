"""Vietnamese first, English second: templates are written in Vietnamese, `english.json` holds every sentence again in English (a test compares)."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from alerts.review import Refused
from kiemtin.briefing.words import GAPS
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.claims import EvidenceRelation
from kiemtin.domain.coverage import SECTOR_NAMES_VI, SUBJECT_NAMES_VI
from kiemtin.domain.deliveries import DeliveryState, DestinationKind, Wants
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Action
from kiemtin.domain.scope import THEME_NAMES_VI
from kiemtin.domain.staff import Role, Tier

LANGUAGES = ("vi", "en")


@cache
def english() -> Mapping[str, str]:
    found: dict[str, str] = json.loads(resources.files("kiemtin.desk").joinpath("english.json").read_text("utf-8"))
    return found


def say(text: str, language: str) -> str:
    """A sentence of ours in the reader's language; one that has no English yet stays Vietnamese."""
    return english().get(text, text) if language == "en" else text


STATUS = {
    AlertStatus.NEW: "Mới",
    AlertStatus.IN_REVIEW: "Đang xem xét",
    AlertStatus.RATED: "Chờ duyệt",
    AlertStatus.APPROVED: "Đã duyệt",
    AlertStatus.SENT: "Đã gửi",
    AlertStatus.WITHDRAWN: "Đã rút lại",
    AlertStatus.DISMISSED: "Đã bỏ qua",
    AlertStatus.NEEDS_EVIDENCE: "Cần thêm bằng chứng",
}
ACTION = {
    Action.TAKE: "Nhận xem xét",
    Action.LEAVE: "Thôi nhận",
    Action.RATE: "Đánh giá, gửi người duyệt",
    Action.APPROVE: "Duyệt và công bố",
    Action.SEND_BACK: "Trả lại người đánh giá",
    Action.DISMISS: "Bỏ qua",
    Action.ASK_EVIDENCE: "Yêu cầu thêm bằng chứng",
    Action.EDIT: "Mở lại để sửa",
    Action.MERGE: "Gộp vào cảnh báo khác",
    Action.SPLIT: "Tách ra lại",
    Action.WITHDRAW: "Rút lại đính chính",
}
LOGGED = {
    **{action.value: words for action, words in ACTION.items()},
    "reopen": "Tự mở lại vì bằng chứng đã thay đổi",
    "recheck": "Tự mở lại vì đã đến ngày xem lại",
    "page_repeats": "Xác nhận trang có nhắc lại",
    "page_does_not_repeat": "Xác nhận trang không nhắc lại",
    "evidence_added": "Thêm bằng chứng",
    "account_opened": "Mở tài khoản",
    "account_changed": "Đổi tài khoản",
    "account_closed": "Đóng tài khoản",
    "password_link": "Tạo liên kết đặt lại mật khẩu",
    "password_set": "Đặt mật khẩu mới",
    "weights_set": "Đổi trọng số",
    "destination_added": "Thêm nơi nhận",
    "destination_paused": "Tạm dừng nơi nhận",
    "destination_resumed": "Cho nơi nhận chạy lại",
    "destination_removed": "Gỡ nơi nhận",
    "destination_token": "Cấp mã truy cập mới",
    "delivery_replayed": "Gửi lại",
    "watchlist_saved": "Lưu danh sách theo dõi",
    "watchlist_removed": "Xóa danh sách theo dõi",
    "term_proposed": "Đề xuất từ khóa",
    "term_confirmed": "Xác nhận từ khóa",
    "term_dropped": "Bỏ từ khóa",
    "cluster_split": "Tách tin khỏi nhóm",
    "cluster_merged": "Gộp nhóm tin",
    "cluster_undone": "Hoàn tác gộp hoặc tách nhóm tin",
}
REFUSED = {
    Refused.ROLE: "Tài khoản của bạn không được làm bước này.",
    Refused.STATE: "Bước này không làm được ở trạng thái hiện tại.",
    Refused.STALE: "Trong lúc bạn viết, cảnh báo này đã thay đổi. Những gì bạn viết còn ở dưới; hãy xem điều đã đổi rồi gửi lại.",
    Refused.OWN_RATING: "Người đánh giá không được tự duyệt đánh giá của mình.",
    Refused.NO_REASON: "Cần viết rõ lý do.",
    Refused.TOO_LONG: "Phần viết dài quá 5.000 ký tự.",
    Refused.NO_EVIDENCE: "Cần chọn ít nhất một bằng chứng.",
    Refused.EVIDENCE_GONE: "Có bằng chứng được chọn nay không còn; hãy chọn lại.",
    Refused.NOT_INDEPENDENT: "Các bằng chứng đã chọn không có bằng chứng độc lập: chỉ có thể ghi là quan điểm chính thức, chưa được kiểm chứng độc lập.",
    Refused.UNANSWERED: "Có bằng chứng ủng hộ phát biểu: cần viết phần trả lời trước khi đánh giá.",
    Refused.NOT_PUBLIC: "Chưa có đính chính nào đang được công bố để rút lại.",
    Refused.ITSELF: "Không tìm thấy cảnh báo để gộp vào.",
}
RELATION = {EvidenceRelation.REFUTES: "Bác bỏ", EvidenceRelation.SUPPORTS: "Ủng hộ", EvidenceRelation.NOT_ENOUGH_INFO: "Chưa đủ để kết luận"}
PUBLISHER = {
    PublisherKind.NEWS: "báo chí",
    PublisherKind.FACT_CHECKER: "tổ chức kiểm chứng",
    PublisherKind.AUTHORITY: "cơ quan có thẩm quyền",
    PublisherKind.UNLISTED: "ngoài danh mục",
}
ROLE = {Role.VIEWER: "Người xem", Role.REVIEWER: "Người đánh giá", Role.APPROVER: "Người duyệt", Role.ADMIN: "Quản trị"}
TIER = {Tier.NONE: "Không gửi", Tier.IMMEDIATE: "Ngay khi có", Tier.DAILY: "Mỗi ngày một lần", Tier.WEEKLY: "Mỗi tuần một lần"}
DESTINATION = {
    DestinationKind.MAIL: "Thư điện tử",
    DestinationKind.WEBHOOK: "Webhook có chữ ký",
    DestinationKind.FOLDER: "Thư mục trên máy chủ",
    DestinationKind.FEED: "Nguồn cấp, tự lấy về bằng mã truy cập",
}
DELIVERY = {DeliveryState.WAITING: "Đang chờ", DeliveryState.DELIVERED: "Đã nhận", DeliveryState.FAILED: "Không gửi được"}
WANTS = {
    Wants.CORRECTIONS: "Đính chính",
    Wants.DAILY: "Bản tin ngày",
    Wants.WEEKLY: "Bản tin tuần",
    Wants.MONTHLY: "Bản tin tháng",
}
PART = {
    "harm": "Mức gây hại",
    "reach": "Độ lan",
    "specificity": "Độ cụ thể",
    "recency": "Độ mới",
    "repetition": "Lặp lại nhiều ngày",
    "evidence": "Bằng chứng",
}
RATING = {rating: rating.alternate_name for rating in Rating}
THEME = THEME_NAMES_VI
SUBJECT, SECTOR = SUBJECT_NAMES_VI, SECTOR_NAMES_VI

# Every sentence that code, not a template, hands to people.
SENTENCES = tuple(
    words
    for table in (
        STATUS,
        ACTION,
        LOGGED,
        REFUSED,
        RELATION,
        PUBLISHER,
        ROLE,
        TIER,
        DESTINATION,
        DELIVERY,
        WANTS,
        PART,
        RATING,
        THEME,
        SUBJECT,
        SECTOR,
        GAPS,
    )
    for words in table.values()
)
