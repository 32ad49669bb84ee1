"""The files of CheckThat! 2022 task 2A as checks and queries: verified claims (JSON Lines), queries and relevance (tab-separated)."""

from collections.abc import Iterable, Mapping
from typing import Any

from nlp.ranking import Filed, day_of

QUERY_HEADER = "iclaim_id"


def to_filed(row: Mapping[str, Any]) -> Filed:
    """A verified claim: `vclaim_id`, `vclaim`, and, where given, `title`, `subtitle`, `date`."""
    return Filed(
        str(row["vclaim_id"]), str(row["vclaim"]), str(row.get("title") or ""), str(row.get("subtitle") or ""), day_of(str(row.get("date") or ""))
    )


def to_relevance(rows: Iterable[list[str]]) -> dict[str, frozenset[str]]:
    """`query_id 0 claim_id 1` rows as the relevant claims of each query."""
    found: dict[str, set[str]] = {}
    for query, _, claim, relevance, *_ in rows:
        if relevance.strip() not in ("0", ""):
            found.setdefault(query, set()).add(claim.strip())
    return {query: frozenset(claims) for query, claims in found.items()}
