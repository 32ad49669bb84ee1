"""What the delivery tests share: one made-up correction in several versions, and an opened data directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from alerts.corrections import Issuer, issue, public_body, withdraw
from alerts.outbox import addressed
from kiemtin.config import Config
from kiemtin.domain.alerts import AlertStatus
from kiemtin.domain.claims import Claim, Evidence, EvidenceRelation
from kiemtin.domain.deliveries import Delivery, Destination, DestinationKind
from kiemtin.domain.outlets import PublisherKind
from kiemtin.domain.ratings import Rating
from kiemtin.domain.reviews import Assessment, Correction
from kiemtin.domain.scope import ClaimKind, Theme
from kiemtin.pipeline.workspace import Workspace, open_workspace
from kiemtin.store import corrections, deliveries
from kiemtin.store.tables import alerts, claims

NOW = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
OFFICE = "Văn phòng thông tin Lam Giang"
CLAIM = Claim("c1", "Đập hồ Trúc Lam vỡ, 12 thôn bị ngập", Theme.DISASTER, ClaimKind.EVENT_AT_PLACE)
REFUTES = Evidence(
    "c1", "https://soitin.example/1", "Trạm Soi Tin", PublisherKind.FACT_CHECKER, EvidenceRelation.REFUTES,
    "Sáng 26/11, hồ Trúc Lam chứa 35 triệu m3 nước, thấp hơn mực thiết kế; không thôn nào bị ngập.", True, Rating.FALSE, published_at=NOW,
)  # fmt: skip
SUPPORTS = replace(
    REFUTES, url="https://dongxanh.example/2", publisher="Báo Đồng Xanh", relation=EvidenceRelation.SUPPORTS,
    quote="Nước đã tràn qua đường vào 3 thôn.", independent=False, rating=None,
)  # fmt: skip
ASSESSMENT = Assessment(
    Rating.FALSE, "Đập không vỡ: mực nước đo sáng nay thấp hơn thiết kế.", (REFUTES.id,), "Nước tràn là do mưa.", "Chưa rõ khi nào đường thông."
)
FOLDER = Destination("d-folder", "Báo Gò Mây", DestinationKind.FOLDER, "go-may")
MAIL = Destination("d-mail", "Đài Bến Sương", DestinationKind.MAIL, "tin@bensuong.example")
WEBHOOK = Destination("d-webhook", "Báo Đồng Xanh", DestinationKind.WEBHOOK, "http://127.0.0.1:9/tin", secret="bí mật")


def first(assessment: Assessment = ASSESSMENT, evidence: tuple[Evidence, ...] = (REFUTES, SUPPORTS)) -> Correction:
    spread = [(date(2026, 11, 25), 4), (date(2026, 11, 26), 1)]
    return issue(None, public_body("k1", CLAIM, assessment, evidence, spread, Issuer(OFFICE, "https://tin.example")), CLAIM, NOW)


def withdrawn() -> Correction:
    return withdraw(first(), "Số đo là của hồ khác.", NOW + timedelta(hours=1))


def changed(**keys: Any) -> dict[str, Any]:
    """The public object with other values under some keys."""
    return {**first().body, **keys}


@dataclass(frozen=True, slots=True)
class Run:
    """One opened data directory, and short ways to what the tests ask of it."""

    workspace: Workspace

    def add(self, *destinations: Destination) -> None:
        with self.workspace.records.change() as conn:
            for one in destinations:
                deliveries.save_destination(conn, one, f"token-{one.id}", NOW)

    def approve(self, correction: Correction | None = None, now: datetime = NOW) -> None:
        """As the desk does it: public and queued in one transaction."""
        correction = correction or first()
        with self.workspace.records.change() as conn:
            corrections.save(conn, correction)
            found = addressed(correction, deliveries.load_destinations(conn), deliveries.had(conn, correction.id), now)
            deliveries.enqueue(conn, found)

    def due(self, now: datetime = NOW, limit: int = 50) -> list[deliveries.Due]:
        with self.workspace.records.begin() as conn:
            return deliveries.due(conn, now, limit)

    def queue(self, destination: Destination) -> list[Delivery]:
        """By version."""
        with self.workspace.records.begin() as conn:
            return sorted(deliveries.of_destination(conn, destination.id, 100), key=lambda one: one.revision)

    def add_alert(self, alert_id: str = "a1", claim: Claim = CLAIM, status: AlertStatus = AlertStatus.APPROVED) -> None:
        with self.workspace.records.change() as conn:
            conn.execute(sa.insert(claims).values(id=claim.id, text=claim.text, theme=claim.theme, kind=claim.kind))
            conn.execute(
                sa.insert(alerts).values(
                    id=alert_id, claim_id=claim.id, status=status.value, theme=claim.theme, priority=50, reasons=[],
                    independent_evidence=True, opened_at=NOW,
                )
            )  # fmt: skip


def configured(**keys: Any) -> Config:
    return Config(office_name=OFFICE, **keys)


@contextmanager
def opened(data: Path, **keys: Any) -> Iterator[Run]:
    with open_workspace(data) as workspace:
        yield Run(replace(workspace, config=configured(**keys)))
