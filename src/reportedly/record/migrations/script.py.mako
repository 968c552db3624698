"""Stage 6 of 8. In: a ledger of revision ${down_revision}. Out: one of revision ${up_revision}.

${message}
"""

from __future__ import annotations

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    """Brings a ledger one revision further."""
