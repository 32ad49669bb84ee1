"""Staff accounts: passwords (argon2), log-ins that expire, lock-out, one-time links. Names and steps go into the decision log, secrets nowhere."""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kiemtin.domain.staff import Role, Staff
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.log import note
from kiemtin.store import accounts as account_store
from kiemtin.store.accounts import Login
from kiemtin.store.records import Records

MIN_PASSWORD, MAX_PASSWORD = 12, 200  # ASVS 2.1.1, 2.1.2 (passphrases of at least 64 must be allowed)
_LOCK_AFTER, _LOCK_FOR = 5, timedelta(minutes=15)
_LINK_LIFE = timedelta(hours=24)
_NAME = re.compile(r"[\w][\w .-]{1,59}")
# Words that stand in every list of leaked passwords; the long ones people reach for when twelve characters are asked.
_COMMON = frozenset({"password", "matkhau", "kiemtin", "123456", "qwerty", "iloveyou", "administrator", "abcdef", "111111"})


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # RFC 9106, low memory


@cache
def _nobody() -> str:
    """Checked where there is no account, so that an answer takes as long as for one that exists."""
    return _hasher().hash(secrets.token_hex())


def digest(token: str) -> str:
    """Tokens are long and random: one round of a hash hides them."""
    return hashlib.blake2b(token.encode(), digest_size=32).hexdigest()


def check_password(name: str, password: str) -> None:
    """Raises InputError, in words for the person who chooses it."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputError(f"mật khẩu cần từ {MIN_PASSWORD} đến {MAX_PASSWORD} ký tự")
    plain = "".join(char for char in unicodedata.normalize("NFD", password.lower()) if char.isalnum())
    rest = plain.replace("".join(name.lower().split()), "")
    for word in _COMMON:
        rest = rest.replace(word, "")
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    if len(set(rest)) < 5 or len(steps) < 4:  # noqa: PLR2004
        raise InputError("mật khẩu quá dễ đoán: dùng một câu dài hơn, không lặp lại tên hay từ quen thuộc")


def _password_digest(password: str) -> str:
    return _hasher().hash(unicodedata.normalize("NFC", password))


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False


def _spelled(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _id_of(name: str) -> str:
    """However a name is typed (capitals, NFD, spaces), it is one account. SQLite's own `lower` knows ASCII alone."""
    return content_id("staff", _spelled(name).casefold())


def add_staff(records: Records, name: str, role: Role, password: str, now: datetime, by: str = "command line") -> Staff:
    """A new account; raises InputError for a name that is taken or unusable, or a weak password."""
    name = _spelled(name)
    if not _NAME.fullmatch(name):
        raise InputError("tên tài khoản cần từ 2 đến 60 ký tự: chữ, số, dấu cách, chấm, gạch")
    check_password(name, password)
    person = Staff(_id_of(name), name, role)
    hashed = _password_digest(password)
    with records.change() as conn:
        if not account_store.add(conn, person, hashed, now):
            raise InputError(f"đã có tài khoản tên {name}")
        note(conn, person.id, "account_opened", by, now, after=role.value)
    return person


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """`token` goes into the browser's cookie and is not kept here."""

    token: str
    staff: Staff


def log_in(records: Records, name: str, password: str, hours: int, now: datetime) -> LoggedIn | None:
    """None for a wrong name or password, a locked or a closed account: which of these is not told. Five failures lock for 15 minutes."""
    with records.begin() as conn:
        known = account_store.credentials(conn, _id_of(name[:200]))
    right = _matches(known.password_digest if known else _nobody(), password[:MAX_PASSWORD])
    if known is None or known.staff.closed:
        return None
    if known.locked_until is not None and now < known.locked_until:
        return None
    with records.change() as conn:
        if not right:
            failures = known.failures + 1
            account_store.note_failure(conn, known.staff.id, failures, now + _LOCK_FOR if failures % _LOCK_AFTER == 0 else None)
            return None
        account_store.note_failure(conn, known.staff.id, 0, None)
        account_store.forget_expired(conn, now)
        return LoggedIn(_open_login(conn, known.staff, hours, now), known.staff)


def _open_login(conn: sa.Connection, staff: Staff, hours: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    account_store.save_login(conn, Login(digest(token), staff.id, secrets.token_urlsafe(24), now + timedelta(hours=hours), now))
    return token


def whose(records: Records, token: str, now: datetime) -> tuple[Login, Staff] | None:
    """The account that a browser is logged in as."""
    with records.begin() as conn:
        return account_store.load_login(conn, digest(token), now)


def log_out(records: Records, token: str) -> None:
    with records.change() as conn:
        account_store.end_login(conn, digest(token))


def reset_link(records: Records, staff_id: str, by: Staff, now: datetime) -> str:
    """A one-time token with which the account's holder sets a new password; the old password and log-ins end at once."""
    token = secrets.token_urlsafe(32)
    with records.change() as conn:
        account_store.set_password(conn, staff_id, _nobody())
        account_store.save_reset(conn, digest(token), staff_id, now + _LINK_LIFE)
        note(conn, staff_id, "password_link", by.id, now)
    return token


def holder_of_link(records: Records, token: str, now: datetime) -> Staff | None:
    with records.begin() as conn:
        staff_id = account_store.load_reset(conn, digest(token), now)
        return account_store.load(conn, staff_id) if staff_id else None


def set_password_by_link(records: Records, token: str, password: str, now: datetime) -> Staff | None:
    """None where the link is used up, too old, or of a closed account. Raises InputError for a weak password."""
    person = holder_of_link(records, token, now)
    if person is None or person.closed:
        return None
    check_password(person.name, password)
    hashed = _password_digest(password)
    with records.change() as conn:
        if account_store.load_reset(conn, digest(token), now) != person.id:
            return None
        account_store.set_password(conn, person.id, hashed)
        note(conn, person.id, "password_set", person.id, now)
    return person


def change_own_password(records: Records, staff: Staff, old: str, new: str, now: datetime) -> None:
    """Raises InputError where the old one is wrong or the new one weak. Every other log-in of the account ends."""
    with records.begin() as conn:
        known = account_store.credentials(conn, staff.id)
    if known is None or not _matches(known.password_digest, old[:MAX_PASSWORD]):
        raise InputError("mật khẩu hiện tại không đúng")
    check_password(staff.name, new)
    hashed = _password_digest(new)
    with records.change() as conn:
        account_store.set_password(conn, staff.id, hashed)
        note(conn, staff.id, "password_set", staff.id, now)


def close_account(records: Records, staff_id: str, by: Staff, now: datetime) -> None:
    """At once: every log-in and open link of the account ends with it. Raises InputError for the last open administrator."""
    with records.change() as conn:
        person = account_store.load(conn, staff_id)
        if person is None or person.closed:
            return
        if person.role is Role.ADMIN and sum(one.may_administer for one in account_store.load_all(conn)) < 2:  # noqa: PLR2004
            raise InputError("đây là quản trị viên cuối cùng còn mở; hãy mở một tài khoản quản trị khác trước")
        account_store.set_password(conn, staff_id, _nobody())
        account_store.save(conn, replace(person, closed=True))
        note(conn, staff_id, "account_closed", by.id, now, before=person.role.value)


def unknown_password() -> str:
    """For an account whose holder will choose one by a link: random, told to nobody."""
    return secrets.token_urlsafe(32)
