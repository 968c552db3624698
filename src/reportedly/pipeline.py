"""The stages in order: the map of the whole.

    read      1  bytes        -> Item
    clean     2  Item         -> Report
    segment   3  Report       -> ParsedReport
    extract   4  ParsedReport -> Draft
    resolve   5  Draft        -> Claim

`code_report` is pure per report: no clock, no network, no ledger.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence

from reportedly.clean import clean_item
from reportedly.errors import ModelMissing, ReportedlyError
from reportedly.extract.claims import find_drafts
from reportedly.model import Extraction, Failure, Item, ParsedReport, Report
from reportedly.resolve.claims import resolve_drafts
from reportedly.segment import split_reports
from reportedly.tools import Tools, load_tools

__all__ = ["BATCH", "Tools", "code_items", "code_report", "load_tools"]

#: Reports that share the parser's batches, and letters after which no other joins them; memory grows with both.
BATCH, BATCH_CHARS = 32, 2_000_000


def code_report(item: Item, tools: Tools) -> Extraction:
    """Codes one report: stages 2 to 5."""
    report = clean_item(item, tools.lexicon)
    return _code_parsed(_split([report], tools)[0], tools, item)


def code_items(items: Iterable[Item | Failure], tools: Tools) -> Iterator[Extraction | Failure]:
    """Codes reports in order, a few at a time, so that short ones share the parser's batches.

    A bad report becomes a failure row and the rest goes on.

    Raises:
        ModelMissing: no parser is installed; nothing could be coded.
    """
    for batch in _split_batches(items):
        cleaned = [_try(item, functools.partial(clean_item, lexicon=tools.lexicon)) for item in batch]
        reports = [result for result in cleaned if isinstance(result, Report) and _is_english(result)]
        parsed = {id(one.report): one for one in _split(reports, tools)}
        for item, result in zip(batch, cleaned, strict=True):
            if isinstance(result, Failure):
                yield result
            elif isinstance(result, Report):
                whole = parsed.get(id(result)) or ParsedReport(report=result, sentences=())
                yield _try(item, functools.partial(_code_parsed, whole, tools))


def _split_batches(items: Iterable[Item | Failure]) -> Iterator[list[Item | Failure]]:
    batch: list[Item | Failure] = []
    letters = 0
    for item in items:
        batch.append(item)
        letters += len(item.text) if isinstance(item, Item) else 0
        if len(batch) >= BATCH or letters >= BATCH_CHARS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def _split(reports: Sequence[Report], tools: Tools) -> list[ParsedReport]:
    settings = tools.settings
    return split_reports(
        reports,
        lambda: tools.parser,
        tools.lexicon,
        max_chars=settings.max_sentence_chars,
        max_parsed_chars=settings.max_parsed_chars,
        batch_size=settings.batch_size,
    )


def _code_parsed(parsed: ParsedReport, tools: Tools, item: Item | None = None) -> Extraction:
    """Stages 4 and 5; says why where there is no claim."""
    report = parsed.report
    if not _is_english(report):
        return Extraction(report=report, item=item, reason=f"not English ({report.language}): recorded, not coded")
    if parsed.endless:
        limit = f"more to parse than max_parsed_chars ({tools.settings.max_parsed_chars:,})"
        return Extraction(report=report, item=item, reason=f"{limit}: recorded, not coded")
    if not any(sentence.is_parsed() for sentence in parsed.sentences):
        return Extraction(report=report, item=item, reason="nothing counted that the lexicon knows")
    drafts, mentions = find_drafts(parsed, tools.lexicon)
    claims = resolve_drafts(
        drafts, parsed, tools.lexicon, places=mentions.places, times=mentions.times, run_id=tools.run.run_id
    )
    return Extraction(report=report, claims=claims, item=item, reason=None if claims else "no counted figure found")


def _is_english(report: Report) -> bool:
    """Whether a report is to be coded; one whose language cannot be told is, so that nothing is lost."""
    return report.language in (None, "en", "und")


def _try[Result](item: Item | Failure, step: Callable[[Item], Result]) -> Result | Failure:
    """Runs one report's step; what goes wrong with it becomes its failure row."""
    if isinstance(item, Failure):
        return item
    try:
        return step(item)
    except ModelMissing:
        raise
    except Exception as error:  # one bad report must never stop a batch, whatever is wrong with it
        cause = error.message if isinstance(error, ReportedlyError) else f"{type(error).__name__}: {error}"
        return Failure(origin=item.origin, external_id=item.external_id, cause=cause, error=type(error).__name__)
