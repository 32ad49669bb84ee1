"""What a pass, a check of outlets and an import of tips did, as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crawlers.check import OutletCheck
from kiemtin.pipeline.views import check_view

if TYPE_CHECKING:
    from kiemtin.pipeline.intake import TipAnswer
    from kiemtin.pipeline.passes import PassReport


def pass_view(report: "PassReport") -> dict[str, Any]:
    crawl = asdict(report.crawl)
    crawl["refusals"], crawl["left"] = dict(report.crawl.refusals), dict(report.crawl.left)
    return {"crawl": crawl, "analysis": asdict(report.analysis), "clipped": asdict(report.clipped), "forgotten": report.forgotten}


def tips_view(answers: "list[TipAnswer]") -> dict[str, Any]:
    """One answer a tip, in order; the text of a refused tip is not repeated."""
    return {
        "tips": [
            {
                "outcome": answer.outcome,
                "message": answer.message,
                "matches": check_view(answer.checked)["matches"] if answer.checked and answer.outcome == "answered" else [],
            }
            for answer in answers
        ]
    }


def outlet_check_view(result: OutletCheck) -> dict[str, Any]:
    return {"outlet": result.outlet, "ok": result.ok, **{key: value for key, value in asdict(result).items() if key != "outlet"}}
