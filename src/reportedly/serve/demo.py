"""Stage 8 of 8. In: nothing. Out: the sample reports that come with the package."""

from __future__ import annotations

from pathlib import Path

DEMO = Path(__file__).parent.parent / "demo"
#: How to go on, after the demo's ledger.
NEXT_STEPS = """\
These reports were written for the demo. To go on:
  reportedly read YOUR-REPORT.txt --publisher NAME             the same for a report of yours
  reportedly add FOLDER-OR-URL --ledger news.db                keep reports and claims in a ledger
  reportedly claims --ledger news.db --measure troops          ask it
  reportedly read FILE --format html --output ledger.html      the words and the claims side by side
  reportedly read FILE --format jsonl > claims.jsonl           one claim a line, for programs
  reportedly explain ID claims.jsonl                           why a claim says what it says"""


def find_demo_reports() -> list[Path]:
    """Lists the files of sample reports, in order."""
    return sorted(path for path in DEMO.glob("*") if path.suffix in (".jsonl", ".txt"))
