"""Where everything comes from and goes to, in the open (LIMITS 7): outlets, watchlists, counted claims, destinations, models, with dated changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kiemtin.domain.coverage import SECTOR_NAMES_VI, SUBJECT_NAMES_VI, Watchlist, day_of
from kiemtin.domain.outlets import Outlet
from kiemtin.domain.repeats import Cell, Said
from kiemtin.pipeline.counts import by_claim, cells_view
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import deliveries as delivery_store
from kiemtin.store import outlets as outlet_store
from kiemtin.store import repeats as repeat_store
from kiemtin.store import sources as source_store
from kiemtin.store import watchlists as watchlist_store
from kiemtin.store.repeats import PublicClaim
from nlp.resources import load_manifest
from nlp.shelving import listed_places


def sources_view(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """{"office", "controller", "state", "outlets", "watchlists", "streams", "counted_claims", "counted_checks", "counts", "destinations", "models", "changes"}, equal to what is loaded."""
    config = workspace.config
    with workspace.records.begin() as conn:
        outlets = outlet_store.load_outlets(conn)
        destinations = delivery_store.load_destinations(conn)
        counted = repeat_store.public_claims(conn)
        numbers = by_claim(repeat_store.load(conn, day_of(now)))
        watchlists = watchlist_store.load_all(conn)
        changes = source_store.load_changes(conn)
    return {
        "office": config.office_name,
        "controller": config.controller,
        "state": config.state,
        "outlets": [_outlet(outlet) for outlet in outlets],
        "watchlists": [_watchlist(one) for one in watchlists],
        "streams": [*config.count_mastodon, *config.count_bluesky],
        "counted_claims": [claim.text for claim in counted.values() if claim.is_ours],
        "counted_checks": [{"publisher": claim.checked_by, "url": claim.url} for claim in counted.values() if not claim.is_ours],
        "counts": [_counts(claim, numbers[one]) for one, claim in counted.items() if one in numbers],
        "destinations": [
            {"subscriber": one.subscriber, "kind": one.kind.value, "themes": sorted(one.themes), "wants": sorted(one.wants)} for one in destinations
        ],
        "models": [{"name": name, "sha256": entry["sha256"]} for name, entry in sorted(load_manifest().items())],
        "changes": [{"at": one.at.isoformat(), "part": one.part, "change": one.change, "name": one.name} for one in changes],
    }


def _counts(claim: PublicClaim, numbers: Mapping[Cell, int]) -> dict[str, Any]:
    """Under the claim's words only where two people approved them; else under the address at which its checker published them."""
    return {
        "claim": claim.text if claim.is_ours else None,
        "url": claim.url,
        "repeats": cells_view(numbers, Said.REPEAT),
        "denials": cells_view(numbers, Said.DENIAL),
    }


def _outlet(outlet: Outlet) -> dict[str, Any]:
    return {
        "name": outlet.name,
        "kind": outlet.kind.value,
        "home": outlet.home,
        "legal_name": outlet.legal_name,
        "controller": outlet.controller,
        "state": outlet.state,
        "language": outlet.language,
    }


def _watchlist(watchlist: Watchlist) -> dict[str, Any]:
    """A term that only one person has proposed matches nothing, and is not shown."""
    return {
        "name": watchlist.name,
        "places": [listed_places()[place] for place in sorted(watchlist.places)],
        "sectors": [SECTOR_NAMES_VI[sector] for sector in sorted(watchlist.sectors)],
        "subjects": [SUBJECT_NAMES_VI[subject] for subject in sorted(watchlist.subjects)],
        "terms": [term.text for term in watchlist.terms if term.is_public],
    }


def note_models(workspace: Workspace) -> None:
    """At every start: models that differ from the ones that ran before are a dated change."""
    with workspace.records.change() as conn:
        source_store.note_part(conn, "models", {name: entry["sha256"] for name, entry in load_manifest().items()})
