"""What the stages need besides the report: settings, lexicon, parser, and the run's name."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.lexicon import Lexicon, load_lexicon
from reportedly.model import Run, to_id
from reportedly.segment import DEFAULT_MODEL, load_parser
from reportedly.settings import CODING, Settings

if TYPE_CHECKING:
    from spacy.language import Language

#: The stages whose code decides what claims a report gives.
CODED_BY = ("clean", "extract", "resolve", "lexicon")


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
    """Names a run by what makes its claims: version, code, lexicon, model, settings."""
    try:
        version = metadata.version("reportedly")
    except metadata.PackageNotFoundError:
        version = "0+unknown"
    model = settings.model or DEFAULT_MODEL
    code = find_code_digest()
    named = tuple((name, str(getattr(settings, name))) for name in CODING)
    run_id = to_id(version, code, lexicon.digest, model, named)
    return Run(run_id=run_id, version=version, lexicon=lexicon.digest, model=model, code=code, settings=named)


@functools.cache
def find_code_digest(package: Path = Path(__file__).parent) -> str:
    """Returns a hash of the sources that make claims: all but the ledger's, the readers' and the faces'.

    Two states of a checkout have one version, and are still two runs.
    """
    paths = [path for stage in CODED_BY for path in sorted((package / stage).rglob("*.py"))]
    paths += [package / f"{name}.py" for name in ("segment", "dates", "lines", "model", "vocab")]
    return to_id(*(path.read_text(encoding="utf-8") for path in paths))
