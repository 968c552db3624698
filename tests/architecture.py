"""The laws of the house as checks: each takes sources and returns what breaks them, one line each.

`python tests/architecture.py` prints all that is broken; `test_architecture.py` fails on it, and
plants bad snippets to see that every check can fail.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "reportedly"

MOST_LINES_A_FILE = 600
MEDIAN_LINES_A_FILE = 200
MOST_LINES_A_FUNCTION = 60
USUAL_LINES_A_FUNCTION = 45
SHARE_OF_USUAL_FUNCTIONS = 0.95
MOST_PUBLIC_NAMES = 20

#: A stage's number, by the first part of its modules' names below the package.
STAGES = {
    "read": 1,
    "clean": 2,
    "segment": 3,
    "extract": 4,
    "resolve": 5,
    "record": 6,
    "reconcile": 7,
    "serve": 8,
}
BANNED_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "misc", "base", "core", "common", "manager", "handler", "processor"}
)
BANNED_PREFIXES = ("get_", "do_", "handle_", "process_")

#: What no file may hold. Written so that this file does not match itself.
FORBIDDEN = {
    "the address of a package index": re.compile(r"https?://[^\s\"'<>]*(?:/s[i]mple\b|pythonh[o]sted)"),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:w[o]rk|r[o]ot)/|/tmp/d[e]v\b"),
    "a word about how it was made": re.compile(r"\bs[u]bagents?\b|\bbash_j[o]bs\b", re.IGNORECASE),
}
SKIPPED_FOLDERS = frozenset({"build", "dist", "__pycache__", "node_modules"})

type Sources = Mapping[str, str]
type Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_sources(package: Path = PACKAGE) -> dict[str, str]:
    """Reads the package's modules: dotted name -> source."""
    sources = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        sources[name] = path.read_text(encoding="utf-8")
    return sources


# ---------------------------------------------------------------- sizes


def find_long_files(sources: Sources) -> list[str]:
    """Finds files over the limit, and a median over its own."""
    sizes = {name: len(source.splitlines()) for name, source in sources.items() if source.strip()}
    found = [f"{name}: {size} lines" for name, size in sizes.items() if size > MOST_LINES_A_FILE]
    median = statistics.median(sizes.values()) if sizes else 0
    if median >= MEDIAN_LINES_A_FILE:
        found.append(f"the median file has {median:.0f} lines")
    return found


def find_long_functions(sources: Sources) -> list[str]:
    """Finds functions over the limit, and too many over the usual size."""
    sizes = {
        f"{name}.{function.name}": (function.end_lineno or function.lineno) - function.lineno + 1
        for name, function in iter_functions(sources)
    }
    found = [f"{name}: {size} lines" for name, size in sizes.items() if size > MOST_LINES_A_FUNCTION]
    long = sorted((size, name) for name, size in sizes.items() if size >= USUAL_LINES_A_FUNCTION)
    if len(long) > (1 - SHARE_OF_USUAL_FUNCTIONS) * len(sizes):
        names = ", ".join(f"{name} ({size})" for size, name in reversed(long))
        found.append(f"{len(long)} of {len(sizes)} functions have {USUAL_LINES_A_FUNCTION} lines or more: {names}")
    return found


# ---------------------------------------------------------------- imports


def find_cycles(sources: Sources) -> list[str]:
    """Finds import cycles among the modules, whether at the top or inside functions."""
    graph = {name: sorted(set(iter_imports(name, sources))) for name in sources}
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append(" -> ".join([*trail[trail.index(name) :], name]))
        elif name not in done:
            for imported in graph[name]:
                visit(imported, [*trail, name])
            done.add(name)

    for name in graph:
        visit(name, [])
    return found


def iter_imports(name: str, sources: Sources) -> Iterator[str]:
    """Yields the package's own modules that one of them imports, type checking apart."""
    tree = ast.parse(sources[name])
    apart = {id(node) for block in ast.walk(tree) if _is_type_checking(block) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in apart:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in sources)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                imported = whole if whole in sources else str(node.module)
                if imported in sources:
                    yield imported


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


# ---------------------------------------------------------------- names


def find_banned_modules(sources: Sources) -> list[str]:
    """Finds modules and folders whose name says nothing."""
    return [name for name in sources if BANNED_NAMES & set(name.split("."))]


def find_banned_functions(sources: Sources) -> list[str]:
    """Finds functions whose verb says nothing."""
    return [
        f"{name}.{function.name}"
        for name, function in iter_functions(sources)
        if function.name.lstrip("_").startswith(BANNED_PREFIXES)
    ]


def find_documents(sources: Sources) -> list[str]:
    """Finds public names that call a Report a document.

    A kind of source is called so (a leaked document), hence constants in capitals are free.
    """
    found = []
    for name, source in sources.items():
        if "document" in name:
            found.append(name)
        for node in ast.walk(ast.parse(source)):
            names: list[str] = []
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.append(node.name)
            elif isinstance(node, ast.arg):
                names.append(node.arg)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.append(node.target.id)
            found += [
                f"{name}: {word}"
                for word in names
                if "document" in word.lower() and not word.isupper() and not word.startswith("_")
            ]
    return found


def find_unnumbered_stages(sources: Sources) -> list[str]:
    """Finds modules of a stage whose docstring does not begin with the stage's number.

    A part of a stage names its part too: "Stage 4 of 8, how many? In: ParsedReport. Out: Figure."
    """
    found = []
    for name, source in sources.items():
        stage = STAGES.get([*name.split("."), ""][1])
        if stage is None or not source.strip():
            continue
        said = ast.get_docstring(ast.parse(source)) or ""
        if not re.match(rf"Stage {stage} of 8(?:, .+?)?[.?\"]+ In: .+?\. Out: .", " ".join(said.split())):
            found.append(f"{name}: the docstring must begin 'Stage {stage} of 8. In: X. Out: Y.'")
    return found


def find_too_many_names(source: str) -> list[str]:
    """Finds a package whose `__all__` is longer than anyone keeps in mind, or is missing."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            return [f"{len(names)} public names"] if len(names) > MOST_PUBLIC_NAMES else []
    return ["no __all__"]


# ---------------------------------------------------------------- documentation


def find_undocumented(sources: Sources) -> list[str]:
    """Finds public functions, methods and classes without a docstring or an annotation."""
    found = []
    for name, source in sources.items():
        tree = ast.parse(source)
        if source.strip() and not ast.get_docstring(tree):
            found.append(f"{name}: no module docstring")
        for node, outer in _iter_public(tree.body, name):
            if not ast.get_docstring(node):
                found.append(f"{outer}.{node.name}: no docstring")
    for name, function in iter_functions(sources):
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        arguments += [extra for extra in (function.args.vararg, function.args.kwarg) if extra]
        bare = [one.arg for one in arguments if one.annotation is None and one.arg not in ("self", "cls")]
        if bare or function.returns is None:
            found.append(f"{name}.{function.name}: not annotated: {', '.join(bare) or 'what it returns'}")
    return found


def _iter_public(body: list[ast.stmt], outer: str) -> Iterator[tuple[Function | ast.ClassDef, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node, outer
            if isinstance(node, ast.ClassDef):
                yield from _iter_public(node.body, f"{outer}.{node.name}")


def find_records(source: str) -> list[str]:
    """Finds the public classes of a module: record types and vocabularies."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]


def find_unexplained(records: list[str], glossary: str) -> list[str]:
    """Finds public types without an entry of their own in the glossary (`- **Name**`)."""
    entries = set(re.findall(r"^- \*\*(\w+)\*\*", glossary, re.MULTILINE))
    return [f"{name}: no entry in docs/glossary.md" for name in records if name not in entries]


# ---------------------------------------------------------------- what no file may hold


def find_forbidden(name: str, text: str) -> list[str]:
    """Finds addresses and paths that tie the project to one machine or index."""
    return [
        f"{name}:{number}: {what}: {match.group()}"
        for what, pattern in FORBIDDEN.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def iter_files(root: Path = ROOT) -> Iterator[Path]:
    """Yields the project's own files: those git knows or would add, else all that no tool made."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
        yield from (root / name for name in listed if name and (root / name).is_file())
    except (OSError, subprocess.CalledProcessError):
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).parts
            made = any(part in SKIPPED_FOLDERS or (part[0] == "." and part != ".ci") for part in parts[:-1])
            if path.is_file() and not made:
                yield path


def find_forbidden_files(root: Path = ROOT) -> list[str]:
    """Finds what no file may hold, in every file of the project that is text."""
    found = []
    for path in iter_files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += find_forbidden(str(path.relative_to(root)), text)
    return found


# ---------------------------------------------------------------- all of it


def iter_functions(sources: Sources) -> Iterator[tuple[str, Function]]:
    """Yields every function and method with its module's name."""
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


def find_all() -> list[str]:
    """Finds everything that breaks a law of the house."""
    sources = read_sources()
    records = find_records(sources["reportedly.model"]) + find_records(sources["reportedly.vocab"])
    glossary = ROOT / "docs" / "glossary.md"
    return [
        *find_long_files(sources),
        *find_long_functions(sources),
        *find_cycles(sources),
        *find_banned_modules(sources),
        *find_banned_functions(sources),
        *find_documents(sources),
        *find_unnumbered_stages(sources),
        *find_undocumented(sources),
        *find_too_many_names(sources["reportedly"]),
        *find_unexplained(records, glossary.read_text(encoding="utf-8")),
        *find_forbidden_files(),
    ]


if __name__ == "__main__":
    broken = find_all()
    print("\n".join(broken) or "the house stands")
    sys.exit(bool(broken))
