"""What publishers' rating words and numbers mean on the one small scale; unclear always means UNKNOWN."""

import math
import re
import unicodedata
from collections.abc import Iterable

from kiemtin.domain.ratings import Rating

_MAX_WORDS_LENGTH = 400
_DEFAULT_BEST, _DEFAULT_WORST = 5.0, 1.0  # schema.org's defaults for bestRating and worstRating
_STEPS = (Rating.FALSE, Rating.MISLEADING, Rating.MIXED, Rating.MOSTLY_TRUE, Rating.TRUE)
_STEP_TOLERANCE = 0.13  # half a step of the five: every value on the scale names one
_SUPPORTS = (Rating.MOSTLY_TRUE, Rating.TRUE)
_REACH = 3  # how many words before a phrase a negation may stand ("không phải là tin giả")

_WORDS: dict[Rating, str] = {
    Rating.FALSE: """
        sai | sai sự thật | sai hoàn toàn | hoàn toàn sai | sai lệch hoàn toàn | hoàn toàn sai sự thật | tin giả | tin sai | tin sai sự thật
        | tin bịa đặt | giả | giả mạo | tin đồn sai
        | bịa đặt | bịa | hoàn toàn bịa đặt | xuyên tạc | không đúng | không đúng sự thật | không chính xác | không có thật
        | không phải sự thật | không phải là sự thật | không thật
        | lừa đảo | trò lừa | chiêu lừa | cắt ghép | ảnh ghép | ảnh cắt ghép | video cắt ghép | ảnh giả | video giả | dàn dựng
        | do ai tạo ra | ảnh ai | deepfake
        | false | fake | fake news | hoax | scam | fraud | fabricated | fabrication | bogus | pants on fire | lie | incorrect | inaccurate
        | wrong | untrue | not true | isn't true | not correct | isn't correct
        | not accurate | totally false | completely false | altered | altered photo | altered video | altered image | doctored | manipulated
        | manipulated photo | manipulated video | digitally altered
        | debunked | myth | staged | ai generated | edited photo | four pinocchios | 4 pinocchios | no it is not true | not real
        | imposter content | fake quote | debunk | fact check false""",
    Rating.MISLEADING: """
        gây hiểu lầm | gây hiểu nhầm | dễ gây hiểu lầm | dễ gây hiểu nhầm | gây nhầm lẫn | đánh lừa | thiếu bối cảnh | thiếu ngữ cảnh
        | sai bối cảnh | sai ngữ cảnh | ngoài bối cảnh | cắt xén
        | tách khỏi bối cảnh | phần lớn sai | phần lớn là sai | đa phần sai | chủ yếu sai | hầu hết sai | hầu như sai | gần như sai
        | sai lệch | thổi phồng | phóng đại | thông tin sai lệch | tin sai lệch | chưa chính xác | chưa đúng | thiếu chính xác
        | mostly false | largely false | mainly false | mostly inaccurate | misleading | missing context | lacks context | lacking context
        | needs context | out of context | false context | no context | taken out of context
        | miscaptioned | misattributed | distorted | exaggerated | false headline | deceptive | misrepresented | barely true
        | three pinocchios | misleading content | cherry picked | spins the facts""",
    Rating.MIXED: """
        sai một phần | một phần sai | đúng một phần | một phần đúng | đúng sai lẫn lộn | nửa đúng nửa sai | nửa đúng | một nửa sự thật
        | một nửa là sự thật | vừa đúng vừa sai | có đúng có sai | không hoàn toàn đúng
        | không hoàn toàn sai | chưa hoàn toàn đúng | không hoàn toàn chính xác | chưa hoàn toàn chính xác | pha trộn | hỗn hợp | lẫn lộn
        | partly false | partially false | partly true | partially true | partially correct | partly correct | half true | half truth
        | half false | mixture | mixed | mixed bag | true and false | some truth
        | not entirely true | not entirely accurate | not entirely false | not completely true | not quite true | not fully accurate
        | in between | two pinocchios""",
    Rating.MOSTLY_TRUE: """
        gần đúng | gần như đúng | hầu như đúng | phần lớn đúng | phần lớn là đúng | đa phần đúng | cơ bản đúng | về cơ bản đúng
        | đúng về cơ bản | phần lớn chính xác | đúng phần lớn
        | mostly true | mostly correct | mostly accurate | largely true | largely accurate | mainly true | nearly true | one pinocchio""",
    Rating.TRUE: """
        đúng | đúng sự thật | hoàn toàn đúng | chính xác | hoàn toàn chính xác | có thật | sự thật | thật | là thật | tin thật
        | tin xác thực | xác thực | đã xác thực | đúng hoàn toàn | tin đúng | tin chính xác | không sai
        | không sai sự thật | true | correct | accurate | completely true | completely correct | absolutely true | confirmed | verified
        | real | legit | authentic | genuine | fact | geppetto checkmark | not false | correct attribution""",
    Rating.UNPROVEN: """
        chưa kiểm chứng | chưa được kiểm chứng | chưa xác minh | chưa được xác minh | chưa xác thực | chưa được xác thực | chưa đủ căn cứ
        | chưa có căn cứ | không đủ căn cứ | thiếu căn cứ | không có căn cứ | vô căn cứ
        | chưa rõ | chưa thể kết luận | chưa có kết luận | chưa kết luận | chưa đủ bằng chứng | chưa có bằng chứng | không có bằng chứng
        | không đủ bằng chứng | thiếu bằng chứng | chưa có cơ sở | không có cơ sở | chưa đủ cơ sở
        | thiếu cơ sở | chưa được chứng minh | chưa chứng minh được | chưa được xác nhận | chưa xác nhận | chờ xác minh | đang xác minh
        | unproven | unproved | unverified | unconfirmed | not verified | not confirmed | unsupported | unsubstantiated
        | insufficient evidence | not enough evidence | no evidence | lacks evidence | lack of evidence | baseless
        | unfounded | inconclusive | not proven | can not be verified | cannot be verified | undetermined | research in progress
        | too early to tell | to be determined""",
    # Satire was never meant as a fact, an explainer rates nothing: neither may count as a contradicted claim.
    Rating.UNKNOWN: """satire | labeled satire | parody | châm biếm | trào phúng | hài hước | giễu nhại | opinion | ý kiến | explainer
        | explanation | giải thích | không xếp hạng | not rated | no rating | true or false | đúng hay sai
        | thật hay giả | fact check | kiểm chứng | kiểm tra sự thật""",
}  # fmt: skip
_NEGATIONS = frozenset(["khong", "chua", "chang", "not", "isn", "isnt", "never", "no", "without", "chua", "phai"]) - {"phai"}
_SOFT = frozenset(["phai", "la", "hoan", "toan", "hẳn", "han", "he", "entirely", "completely", "quite", "fully", "exactly", "t", "a", "an", "the"])


def normalize_rating(alternate_name: str | None, value: object, best: object, worst: object) -> Rating:
    """The Rating that a publisher's words (`alternateName`) and number (`ratingValue` on `worstRating`..`bestRating`) give.

    Words decide; the number serves where no known word is given. Words and a number that contradict each other, and words that
    contradict themselves ("đúng hay sai"), give UNKNOWN. Values may be numbers or strings; missing bounds are 5 and 1.
    """
    words = _rating_of_words(alternate_name or "")
    number = _rating_of_number(value, best, worst)
    if words is None:
        return number or Rating.UNKNOWN
    if number and ((words.refutes and number in _SUPPORTS) or (words in _SUPPORTS and number.refutes)):
        return Rating.UNKNOWN
    return words


def _spelled(text: str) -> str:
    """Lower case in NFC, words parted by one space, apostrophes dropped."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("'", "").replace("\u2019", "")
    return " ".join(re.findall(r"[^\W_]+", plain))


def _folded(spelled: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(char))
    return bare.replace("đ", "d")


def _finder(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(sorted(phrases, key=len, reverse=True)) + r")\b")


_SPELLED = {_spelled(phrase): rating for rating, phrases in _WORDS.items() for phrase in phrases.split("|")}
_FOLDED = {_folded(phrase): rating for phrase, rating in _SPELLED.items()}
# Without its marks "thật" is English "that", "giả" is "giá" (price), "đúng" is "dùng" (use): these count only where they stand alone.
_ALONE = frozenset({"that", "gia", "bia", "dung", "la that", "tin that"})
_FIND_SPELLED, _FIND_FOLDED = _finder(_SPELLED), _finder(_FOLDED.keys() - _ALONE)


def _rating_of_words(text: str) -> Rating | None:
    """None where no known word occurs; UNKNOWN where the words do not agree. Marks count wherever the text has any."""
    spelled = _spelled(text[:_MAX_WORDS_LENGTH])
    if spelled in _ALONE:
        return _FOLDED[spelled]
    table, find = (_FOLDED, _FIND_FOLDED) if spelled.isascii() else (_SPELLED, _FIND_SPELLED)
    found = [Rating.UNKNOWN if _negated(_folded(spelled[: match.start()])) else table[match[0]] for match in find.finditer(spelled)]
    if not found:
        return None
    if any(rating.refutes for rating in found) and any(rating in _SUPPORTS for rating in found):
        return Rating.UNKNOWN
    return found[0]


def _negated(before: str) -> bool:
    """Whether the words just before a phrase turn it round: what then holds is not clear."""
    for word in reversed(before.split()[-_REACH:]):
        if word in _NEGATIONS:
            return True
        if word not in _SOFT:
            return False
    return False


def _rating_of_number(value: object, best: object, worst: object) -> Rating | None:
    number = _number(value)
    top, bottom = _number(best), _number(worst)
    top = _DEFAULT_BEST if top is None else top
    bottom = _DEFAULT_WORST if bottom is None else bottom
    if number is None or top == bottom:
        return None
    share = (number - bottom) / (top - bottom)  # holds for reversed scales too
    step = round(share * (len(_STEPS) - 1))
    if not 0 <= share <= 1 or abs(share - step / (len(_STEPS) - 1)) > _STEP_TOLERANCE:
        return None
    return _STEPS[step]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value.strip().replace(",", ".")[:20] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
