"""The page at `/logs`: a list of logs to choose from and the panel. It has no script but the panel's own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jobtrail._serve.sources import Source

CSP = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_KILO = 1000

STYLE = """
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #30363d); --soft: light-dark(#f6f8fa, #161b22); }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / 15rem 1fr;
  font: 14px/1.4 system-ui, sans-serif; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #e6edf3); }
header { grid-column: 1 / -1; padding: .5rem 1rem; border-bottom: 1px solid var(--line); background: var(--soft); }
h1 { display: inline; margin: 0; font-size: 1rem; }
header span { margin-left: .75rem; opacity: .75; }
header strong { margin-left: .75rem; color: light-dark(#cf222e, #ff7b72); }
nav { overflow: auto; padding: .5rem; border-right: 1px solid var(--line); background: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: flex; justify-content: space-between; gap: .5rem; padding: .25rem .5rem; border-radius: .375rem;
  color: inherit; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { background: var(--line); }
nav a[aria-current] { background: light-dark(#0969da, #1f6feb); color: #fff; }
nav small { white-space: nowrap; opacity: .75; }
main { min-width: 0; min-height: 0; }
jobtrail-panel { display: block; height: 100%; }
.missing { margin: 2rem; }
@media (max-width: 45rem) { body { grid-template: auto auto 1fr / 1fr; } nav { border-right: 0; max-height: 8rem; } }
"""


def page(
    sources: Iterable[Source], chosen: str | None, *, has_panel: bool, is_redacted: bool, root_path: str = ""
) -> str:
    """Returns the page's HTML. `chosen` is the ID of one source, or none for all of them live.

    Where the server does not redact, the panel must not either, and the page says so.
    """
    items = [_item(f"{root_path}/logs", "All logs, live", "", is_chosen=chosen is None)]
    for source in sources:
        link = f"{root_path}/logs?source={quote(source.id, safe='/')}"
        items.append(_item(link, source.id, _size(source.size), is_chosen=source.id == chosen))
    live = f"{root_path}/api/logs/live" + ("" if chosen is None else f"?source={quote(chosen, safe='/')}")
    switch = "" if is_redacted else " no-redact"
    note = "" if is_redacted else "<strong>not redacted: secrets are shown</strong>"
    panel = (
        f'<jobtrail-panel src="{escape(live)}" label="{escape(chosen or "All logs")}"{switch}></jobtrail-panel>'
        if has_panel
        else '<p class="missing" role="alert">The panel is missing from this installation: '
        "build it with <code>npm run build</code>.</p>"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(chosen or "All logs")} · jobtrail</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{escape(root_path)}/assets/page.css">
<script type="module" src="{escape(root_path)}/assets/panel.js"></script>
</head>
<body>
<header><h1>jobtrail</h1><span>{escape(chosen or "All logs, live")}</span>{note}</header>
<nav aria-label="Logs"><ul>
{"".join(items)}</ul></nav>
<main>{panel}</main>
</body>
</html>
"""


def _item(link: str, text: str, note: str, *, is_chosen: bool) -> str:
    current = ' aria-current="page"' if is_chosen else ""
    return f'<li><a href="{escape(link)}"{current}><span>{escape(text)}</span><small>{escape(note)}</small></a></li>\n'


def _size(size_bytes: int) -> str:
    size = float(size_bytes)
    for unit in ("B", "KB", "MB"):
        if size < _KILO:
            return f"{size:.0f} {unit}"
        size /= _KILO
    return f"{size:.1f} GB"
