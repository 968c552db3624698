"""One Settings object: defaults < file < environment < arguments.

The file is `reportedly.toml` in the working directory or the path in REPORTEDLY_SETTINGS;
environment variables are REPORTEDLY_<NAME>.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from reportedly.errors import SettingsError

SETTINGS_FILE = "reportedly.toml"
PREFIX = "REPORTEDLY_"
_TRUTH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    Args:
        model: an installed English pipeline: a package or a path; empty for the default.
        lexicon: a directory of overlay tables; empty for none.
        max_bytes: inputs above this many bytes are refused (a report, not a dump).
        max_parsed_chars: a report with more letters than this in sentences that may count something is recorded
            and not coded: it is no report, and takes minutes.
        max_sentence_chars: a longer stretch without a break is cut at blanks before parsing.
        batch_size: sentences a parser batch; memory grows with it, speed hardly does.
        max_expansion: a compressed input that grows to more than so many times its size is refused.
        ledger: the ledger's file, or the address of a PostgreSQL database.
        workers: processes that code reports; 0 for one a core.
        user_agent: the name under which pages are fetched.
        timeout: seconds to wait for a server, in all and for each answer.
        max_fetch_bytes: pages above this many bytes are refused.
        retries: so often a page is asked for again when a server fails or is busy.
        max_redirects: so many redirects are followed.
        delay: seconds between two requests to one host.
        robots: whether robots.txt is obeyed.
        allow_private: whether private, loopback and link-local addresses may be fetched.
    """

    model: str = ""
    lexicon: str = ""
    max_bytes: int = 64_000_000
    max_parsed_chars: int = 2_000_000
    max_sentence_chars: int = 1_200
    batch_size: int = 64
    max_expansion: int = 200
    ledger: str = "reportedly.db"
    workers: int = 0
    user_agent: str = ""
    timeout: float = 20.0
    max_fetch_bytes: int = 20_000_000
    retries: int = 3
    max_redirects: int = 10
    delay: float = 1.0
    robots: bool = True
    allow_private: bool = False


#: The settings that decide what claims a report gives; an overlay counts by its digest, not its path.
CODING = ("model", "max_parsed_chars", "max_sentence_chars")


def load_settings(arguments: Mapping[str, object] | None = None, *, file: Path | None = None) -> Settings:
    """Loads the settings: defaults < file < environment < arguments that are not None.

    Raises:
        SettingsError: the file cannot be read, a name is unknown, a value has the wrong type.
    """
    merged: dict[str, object] = {}
    path = file or Path(os.environ.get(f"{PREFIX}SETTINGS", SETTINGS_FILE))
    if path.is_file():
        try:
            merged |= tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"not valid TOML: {error}", where=str(path)) from error
    elif file or f"{PREFIX}SETTINGS" in os.environ:
        raise SettingsError("no such settings file", where=str(path))
    names = {item.name: item.type for item in fields(Settings)}
    merged |= {name: os.environ[PREFIX + name.upper()] for name in names if PREFIX + name.upper() in os.environ}
    merged |= {name: value for name, value in (arguments or {}).items() if value is not None}
    for name in merged:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            raise SettingsError(f"no setting {name!r}", hint=f"did you mean {near[0]!r}?" if near else "")
    typed: dict[str, object] = {name: _to_type(name, names[name], value) for name, value in merged.items()}
    return Settings(**typed)  # type: ignore[arg-type]


def _to_type(name: str, wanted: object, value: object) -> object:
    if wanted in (int, "int"):
        try:
            return int(str(value))
        except ValueError:
            raise SettingsError(f"setting {name!r} must be a whole number, not {value!r}") from None
    if wanted in (float, "float"):
        try:
            return float(str(value))
        except ValueError:
            raise SettingsError(f"setting {name!r} must be a number, not {value!r}") from None
    if wanted in (bool, "bool"):
        truth = _TRUTH.get(str(value).lower())
        if truth is None:
            raise SettingsError(f"setting {name!r} must be true or false, not {value!r}")
        return truth
    return str(value)
