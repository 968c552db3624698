"""Stage 2 of 8. In: Item. Out: Report.

The text stays what it is; regions say what each stretch of it is. The dateline, the byline, the
publication date and the language are read from the same lines.
"""

from __future__ import annotations

from reportedly.clean.datelines import choose_agency
from reportedly.clean.language import find_language
from reportedly.clean.regions import Findings, find_pieces, to_regions
from reportedly.dates import WrittenDate
from reportedly.lexicon import Lexicon
from reportedly.model import Dateline, Item, Report, to_report_id
from reportedly.vocab import TimeBasis

__all__ = ["clean_item"]


def clean_item(item: Item, lexicon: Lexicon) -> Report:
    """Finds an item's regions, dateline, byline, publication date and language.

    Args:
        item: what a reader found; its text becomes the report's text unchanged.
        lexicon: the tables of promotion, boilerplate, credits, agencies and dateline words.

    Returns:
        The report; its regions cover the text in order, without gaps or overlaps.
    """
    found = find_pieces(item, lexicon)
    published, basis = _choose_published(item, found)
    return Report(
        report_id=to_report_id(item),
        text=item.text,
        regions=to_regions(item.text, found.pieces),
        external_id=item.external_id,
        publisher=item.publisher,
        url=item.url,
        title=item.title,
        byline=item.byline or found.byline,
        dateline=_to_dateline(item, found, published),
        published=published,
        published_basis=basis,
        published_at=item.published if item.published and len(item.published) > 10 else None,
        modified=item.modified,
        language=find_language(item.text, lexicon) or item.language,
        rights=item.rights,
        reader=item.reader,
        origin=item.origin,
        credited=item.credited,
        links=item.links,
    )


def _choose_published(item: Item, found: Findings) -> tuple[str | None, TimeBasis | None]:
    """The metadata's date, else the first date of the report's own furniture that has a year."""
    if item.published:
        return item.published[:10], TimeBasis.PUBLICATION
    in_the_run = [each.date for each in found.datelines if each.date]
    for written in (*found.dates, *in_the_run, *found.later_dates):
        if written.year is not None and (day := written.to_date()):
            return day.isoformat(), TimeBasis.DATELINE
    return None, None


def _to_dateline(item: Item, found: Findings, published: str | None) -> Dateline | None:
    """Puts together place, day and agency: the dateline in the run first, then lines of their own."""
    run = next(iter(found.datelines), None)
    agency = (run.agency if run else None) or choose_agency(
        [each for each in found.agencies if each.kind == "agency"], item.publisher
    )
    written: WrittenDate | None = run.date if run else None
    day = written.to_date(published) if written else None
    if day is None:
        days = (each.to_date(published) for each in (*found.dates, *found.later_dates))
        day = next((each for each in days if each), None)
    span = (run.start, run.end) if run else next(iter(found.date_spans), None)
    if run is None and span is None and agency is None:
        return None
    return Dateline(
        place=run.place if run else None,
        date=day.isoformat() if day else None,
        agency=agency.name if agency else None,
        agency_start=agency.start if agency else None,
        agency_end=agency.end if agency else None,
        start=span[0] if span else None,
        end=span[1] if span else None,
    )
