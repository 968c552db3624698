"""What the stages need besides the report: settings, lexicon, parser, and the run's name."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.lexicon import Lexicon, load_lexicon
from reportedly.model import Run, to_id
from reportedly.segment import DEFAULT_MODEL, load_parser
from reportedly.settings import Settings

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """Everything that coding a report needs and that is loaded once."""

    settings: Settings
    lexicon: Lexicon
    run: Run
    _model: str = field(default="", repr=False)

    @property
    def parser(self) -> Language:
        """The English pipeline, loaded at its first use.

        Raises:
            ModelMissing: it is not installed.
        """
        return load_parser(self._model)


@functools.cache
def load_tools(settings: Settings | None = None) -> Tools:
    """Loads the lexicon and names the run; the parser follows at its first use.

    Raises:
        LexiconError: a table or overlay breaks its rules.
    """
    settings = settings or Settings()
    lexicon = load_lexicon("en", Path(settings.lexicon).resolve() if settings.lexicon else None)
    return Tools(settings, lexicon, to_run(settings, lexicon), settings.model)


def to_run(settings: Settings, lexicon: Lexicon) -> Run:
    """Names a run by what makes its claims: version, lexicon, model, settings."""
    try:
        version = metadata.version("reportedly")
    except metadata.PackageNotFoundError:
        version = "0+unknown"
    model = settings.model or DEFAULT_MODEL
    named = tuple((item.name, str(getattr(settings, item.name))) for item in fields(settings))
    run_id = to_id(version, lexicon.digest, model, named)
    return Run(run_id=run_id, version=version, lexicon=lexicon.digest, model=model, settings=named)
