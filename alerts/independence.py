"""Whose word evidence is (LIMITS 5): independent only if its publisher's controller is declared and concerned in nothing here."""

from dataclasses import dataclass

from kiemtin.domain.claims import Claim
from kiemtin.domain.outlets import Outlet, OutletKind
from kiemtin.domain.scope import ClaimKind


@dataclass(frozen=True, slots=True)
class Office:
    """The office that runs the system, as far as independence asks: its controller ("" if not declared) and its state."""

    controller: str
    state: str


def is_independent(publisher: Outlet | None, speaker: str, claim: str, office: Office, catalog: tuple[Outlet, ...]) -> bool:
    """May this evidence carry a rating?

    `publisher` None: outside the catalogue. `speaker`: the organisation to which the passage attributes what it says, "" if
    none; the passage then counts as the speaker's, and an undeclared speaker is nobody's independent word.
    """
    if publisher is None:
        return False
    if speaker and not _same(speaker, publisher.name) and not _same(speaker, publisher.legal_name):
        source = next((outlet for outlet in catalog if any(_same(speaker, name) for name in (outlet.name, *outlet.speaks_for))), None)
        return source is not None and source.kind is not OutletKind.NEWS and is_independent(source, "", claim, office, catalog)
    if not publisher.controller.strip() or publisher.state == office.state:
        return False
    if office.controller and _same(publisher.controller, office.controller):
        return False
    return not _is_concerned(publisher, claim)


def confirms_own_act(publisher: Outlet | None, speaker: str, claim: Claim) -> bool:
    """The one exception (LIMITS 5): what an authority itself issues (a rule, a fee, a form) it can confirm or deny, in its own words.

    Only where the claim names that authority: a ministry's word on a pollution, or on another body's fee, stays an official position.
    """
    if publisher is None or publisher.kind is not OutletKind.AUTHORITY or claim.kind is not ClaimKind.RULE_OR_FEE:
        return False
    own_words = not speaker or any(_same(speaker, name) for name in (publisher.name, publisher.legal_name, *publisher.speaks_for))
    return own_words and any(name and name.casefold() in claim.text.casefold() for name in (publisher.name, *publisher.speaks_for))


def _is_concerned(publisher: Outlet, claim: str) -> bool:
    """Does the claim speak about the publisher, or about who controls it?"""
    names = (publisher.name, publisher.controller, *publisher.speaks_for)
    return any(name and name.casefold() in claim.casefold() for name in names)


def _same(left: str, right: str) -> bool:
    return left.casefold().strip() == right.casefold().strip()
