"""Guards the arrows between modules that ARCHITECTURE.md draws: no import runs upward. Prints each one that does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "crates/core/src"

# Floors of crates/core, lowest first. A module imports from lower floors only; on the ground floor also from its
# neighbours. A new module is put here, or the check fails.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset(
        {
            "scan",
            "search",
            "lines",
            "mask",
            "merge",
            "level",
            "timestamp",
            "stamp",
            "zone",
            "job_id",
            "job_mention",
            "hash",
            "cursor",
            "names",
            "shape",
        },
    ),
    frozenset({"record"}),
    frozenset({"format", "redact", "query", "duration"}),
    frozenset({"engine", "wire", "request"}),
    frozenset({"store", "jobs", "stats", "job_file"}),
    frozenset({"story"}),
)
# What core is handed as arguments instead (the bans of crates/core/clippy.toml, also for what clippy cannot see).
CORE_BANS = re.compile(r"\bstd::(fs|time|thread|env|process|net|io)\b")
CORE_BANNED_CRATES = {"pyo3", "wasm-bindgen", "js-sys", "clap", "chrono", "jiff", "regex", "tokio"}

# Which of our crates a crate may stand on.
CRATES: dict[str, set[str]] = {
    "jobtrail-core": set(),
    "jobtrail-files": {"jobtrail-core"},
    "jobtrail-arrow": {"jobtrail-core"},
    "jobtrail-writer": {"jobtrail-core"},
    "jobtrail-cli": {"jobtrail-core", "jobtrail-files", "jobtrail-arrow"},
    "jobtrail": {"jobtrail-cli"},
    "jobtrail-python": {"jobtrail-core", "jobtrail-files", "jobtrail-arrow", "jobtrail-writer", "jobtrail-cli"},
    "jobtrail-wasm": {"jobtrail-core"},
    "jobtrail-module": {"jobtrail-wasm"},
    "jobtrail-xtask": set(),
    "jobtrail-bench": {"jobtrail-core", "jobtrail-files"},
    "jobtrail-writer-bench": {"jobtrail-writer"},
    "jobtrail-redactor-bench": {"jobtrail-core"},
}

# In the browser package: what makes the panel's parts, and may therefore know the WASM.
PANEL_MAKERS = {"index.ts", "define.ts"}
# In the Python package: the only places that may need an extra.
PYTHON_EXTRAS = {
    "starlette": {"asgi.py", "_serve"},
    "uvicorn": {"_serve"},
    "anyio": {"asgi.py", "_serve"},
    "pytest": {"pytest_plugin.py"},  # which pytest itself loads
}


def rust_code(path: Path) -> str:
    """Returns a Rust file's code without comments and without its tests, which may import what they like."""
    text = re.split(r"^#\[cfg\(test\)\]", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    return re.sub(r"//[^\n]*", "", text)


def floor_of(module: str) -> int | None:
    return next((floor for floor, modules in enumerate(FLOORS) if module in modules), None)


def imported_modules(code: str) -> set[str]:
    """Returns the modules of this crate that `code` names: `crate::a::..` and `use crate::{a::.., b}`."""
    found = set(re.findall(r"\bcrate::([a-z_]+)", code))
    for group in re.findall(r"\bcrate::\{(.*?)\};", code, flags=re.DOTALL):
        flat = group
        while re.search(r"\{[^{}]*\}", flat):
            flat = re.sub(r"\{[^{}]*\}", "", flat)
        found |= {name for part in flat.split(",") if (name := part.strip().split("::")[0]) and name[0].islower()}
    return found


def core_faults() -> Iterator[str]:
    for path in sorted(CORE.rglob("*.rs")):
        inside = path.relative_to(CORE)
        if path.name == "tests.rs" or inside.name == "lib.rs":
            continue
        module = inside.parts[0].removesuffix(".rs")
        code = rust_code(path)
        for ban in sorted({match[0] for match in CORE_BANS.finditer(code)}):
            yield f"{inside}: {ban} is not core's: it is handed in"
        floor = floor_of(module)
        if floor is None:
            yield f"{inside}: the module {module} has no floor yet; give it one in scripts/arrows.py"
            continue
        for other in sorted(imported_modules(code) - {module}):
            other_floor = floor_of(other)
            if other_floor is None or other_floor > floor or (other_floor == floor and floor > 0):
                yield f"{inside}: imports {other}, which does not stand below {module}"
    yield from format_faults()


def format_faults() -> Iterator[str]:
    """A format's file is named inside `format/` alone; the others know that folder's face."""
    families = {path.stem for path in (CORE / "format").glob("*.rs")} - {"mod", "tests"}
    for path in sorted(CORE.rglob("*.rs")):
        inside = path.relative_to(CORE)
        if inside.parts[0] == "format":
            continue
        for family in sorted(set(re.findall(r"\bformat::([a-z_0-9]+)", rust_code(path))) & families):
            yield f"{inside}: imports format::{family}; only format/mod.rs may"


def crate_faults() -> Iterator[str]:
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    ours = {package["name"] for package in packages}
    for package in packages:
        name = package["name"]
        if name not in CRATES:
            yield f"{name}: a new crate: say in scripts/arrows.py what it may stand on"
            continue
        needs = {dependency["name"] for dependency in package["dependencies"] if dependency["kind"] is None}
        for other in sorted((needs & ours) - CRATES[name]):
            yield f"{name}: depends on {other}"
        if name == "jobtrail-core":
            for other in sorted(needs & CORE_BANNED_CRATES):
                yield f"{name}: depends on {other}"


def panel_faults() -> Iterator[str]:
    panel = ROOT / "bindings/wasm/js/panel"
    for path in sorted(panel.glob("*.ts")):
        if path.name in PANEL_MAKERS:
            continue
        for target in re.findall(r"""from\s+["']([^"']+)["']""", path.read_text(encoding="utf-8")):
            if target.startswith("jobtrail:") or (target.startswith("../") and target != "../types.js"):
                yield f"panel/{path.name}: imports {target}; the panel knows types.ts alone"


def python_faults() -> Iterator[str]:
    package = ROOT / "bindings/python/python"
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        for target in re.findall(r"^(?:from|import)\s+(\w+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            if target in sys.stdlib_module_names or target in {"jobtrail", "logger"}:
                continue
            if not set(inside.parts) & PYTHON_EXTRAS.get(target, set()):
                yield f"{inside}: imports {target} at its top; the bare package needs nothing"


def main() -> int:
    faults = [*core_faults(), *crate_faults(), *panel_faults(), *python_faults()]
    for fault in faults:
        print(fault)
    print(f"arrows: {len(faults)} run the wrong way" if faults else "arrows: all run downward")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
