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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    Args:
        model: an installed English pipeline: a package or a path; empty for the default.
        lexicon: a directory of overlay tables; empty for none.
        max_bytes: inputs above this many bytes are refused (a report, not a dump).
        max_sentence_chars: a longer stretch without a break is cut at blanks before parsing.
        batch_size: sentences a parser batch; memory grows with it, speed hardly does.
    """

    model: str = ""
    lexicon: str = ""
    max_bytes: int = 64_000_000
    max_sentence_chars: int = 1_200
    batch_size: int = 64


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
    return str(value)
