"""Where logs are put when nobody says where."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path


def platform_folder(app: str) -> Path:
    """Returns the folder that the platform keeps for an app's logs, as platformdirs has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / app / app / "Logs"
    if sys.platform == "darwin":
        return Path.home() / "Library/Logs" / app
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path.home() / ".local/state") / app / "log"


def desktop_folder(app: str) -> Path:
    """Returns the folder of a desktop app's logs: beside a portable executable, else the user's configuration."""
    beside = Path(sys.executable).parent
    if (beside / "portable").exists():
        return beside / "logs"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home()) / app / "logs"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support" / app / "logs"
    return Path.home() / ".config" / app / "logs"


def writable(folder: Callable[[str], Path], app: str) -> Path:
    """Makes the folder of the app and returns it; where it cannot be written, the temporary one."""
    try:
        wanted = folder(app)
        wanted.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: no home directory
        return temporary_folder(app)
    return wanted if os.access(wanted, os.W_OK) else temporary_folder(app)


def temporary_folder(app: str) -> Path:
    """Returns the temporary directory's `<app>/logs`."""
    import tempfile  # noqa: PLC0415 - it loads much, and is seldom wanted

    return Path(tempfile.gettempdir()) / app / "logs"


def keep_out_of_git(folder: Path) -> None:
    """Makes a folder that does not exist yet, with a `.gitignore` for everything in it.

    A folder that cannot be made is left to the writer, which tries again and warns.
    """
    with contextlib.suppress(OSError):
        if not folder.exists():
            folder.mkdir(parents=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
