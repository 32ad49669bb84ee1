"""What a reviewer makes of a tip: a claim in their own words with the published passage against it, or nothing. The original goes either way."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from alerts.decide import Case, open_for_person
from alerts.independence import Office
from kiemtin.domain.claims import Claim, EvidenceRelation
from kiemtin.domain.reviews import Action
from kiemtin.domain.staff import Staff
from kiemtin.domain.stories import content_id
from kiemtin.errors import InputError
from kiemtin.pipeline.cases import gather_evidence
from kiemtin.pipeline.log import note
from kiemtin.pipeline.reviewing import find_passage
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import desk as desk_store
from kiemtin.store import outlets as outlet_store
from kiemtin.store import queue as queue_store
from kiemtin.store import settings
from kiemtin.store import tips as tip_store
from kiemtin.store.records import erase_traces
from kiemtin.store.tips import TipOutcome
from nlp.privacy import find_private
from nlp.profile import profile
from nlp.scope import scope_of
from nlp.text import fold, nfc


@dataclass(frozen=True, slots=True)
class Restated:
    """A tip in a reviewer's words, and the passage of a stored story that contradicts it."""

    text: str
    url: str
    quote: str


def take_up(workspace: Workspace, tip_id: str, restated: Restated, staff: Staff, now: datetime) -> str:
    """Open an alert for a restated tip; returns its id. Raises InputError where something is missing; the tip then stays."""
    text = " ".join(nfc(restated.text).split())
    private = find_private(text)
    if private:
        raise InputError(f"câu viết lại vẫn có vẻ chứa thông tin riêng ({', '.join(sorted(private))})")
    scope = scope_of(profile(text))
    if not scope.in_scope:
        raise InputError("câu viết lại không phải là một phát biểu thực tế kiểm tra được trong các lĩnh vực của văn phòng")
    claim = Claim(content_id("claim", "restated", text), text, scope.theme, scope.kind)
    with workspace.records.change() as conn:
        tip = tip_store.load_tip(conn, tip_id, now)
        if tip is None or not staff.may_review:
            raise InputError("tin báo này không còn, hoặc tài khoản không được nhận")
        if fold(tip.text) == fold(text):
            raise InputError("hãy viết lại bằng lời của bạn: nguyên văn tin báo không được giữ lại")
        queue_store.save_claims(conn, [claim])
        added = find_passage(conn, claim.id, restated.url, restated.quote, EvidenceRelation.REFUTES)
        desk_store.save_added(conn, added, now)
        alert_id = _open(conn, workspace, claim, staff, now)
        tip_store.settle_tip(conn, tip_id, TipOutcome.TAKEN_UP, claim.id)
    erase_traces(workspace.records)
    return alert_id


def _open(conn: sa.Connection, workspace: Workspace, claim: Claim, staff: Staff, now: datetime) -> str:
    known = queue_store.load_alert(conn, claim.id)
    if known is not None:
        return known.id
    office = Office(workspace.config.controller, workspace.config.state)
    found = gather_evidence(conn, claim, [], office, outlet_store.load_outlets(conn))
    opened = open_for_person(Case(claim, [], found, (), settings.load_weights(conn)), now)
    if opened is None:
        raise InputError("cần ít nhất một đoạn trích bác bỏ phát biểu này")
    queue_store.save_alert(conn, opened.alert, fold(claim.text))
    queue_store.replace_evidence(conn, claim.id, found)
    note(conn, opened.alert.id, Action.TAKE.value, staff.id, now, after=opened.alert.status.value, text="tip")
    return opened.alert.id


def leave(workspace: Workspace, tip_id: str, staff: Staff, now: datetime) -> None:
    """Nothing comes of it: the text goes at once."""
    with workspace.records.change() as conn:
        if not staff.may_review:
            raise InputError("tài khoản không được xử lý tin báo")
        tip_store.settle_tip(conn, tip_id, TipOutcome.LEFT)
    erase_traces(workspace.records)
