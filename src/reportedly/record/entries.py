"""Stage 6 of 8. In: a ledger's rows. Out: Entry.

What faces and exports get: one claim with the report it stands in and the run that made it.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportedly.model import Claim, Report, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One claim of the ledger, with what is needed to show and trace it.

    The claim has the values of a person's judgement where there is one. `origins` are the paths and
    addresses that the report came from, `raw_sha256` the hash of its bytes, `replaced_by` the
    id of a newer version of the report, `withdrawn` the reason why the claim or its report was taken back.
    """

    claim: Claim
    report: Report
    run: Run
    origins: tuple[str, ...] = ()
    raw_sha256: str | None = None
    replaced_by: str | None = None
    withdrawn: str | None = None
