"""The HTTP face: lists, tails, and everything it refuses."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import httpx
import pytest

pytest.importorskip("starlette")

from jobtrail._serve.errors import ServeError
from jobtrail._serve.sources import kind_of
from jobtrail.asgi import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bq9\n" * 20 + "-----END RSA PRIVATE KEY-----\n"


def tail(url: str, source: str, **query: str | int) -> httpx.Response:
    return httpx.get(f"{url}/api/logs/tail", params={"source": source, **query})


def numbered_lines(count: int) -> str:
    return "".join(f"2026-01-05 10:00:00.000 [1] [INFO] line {number:06d}\n" for number in range(count))


def test_the_list_has_logs_and_nothing_else(serve: Callable[..., str], tmp_path: Path) -> None:
    """Logs are listed by their place under the root; other files, hidden folders and links that lead out are not."""
    (tmp_path / "logs/jobs").mkdir(parents=True)
    (tmp_path / "logs/.git").mkdir()
    (tmp_path / "secret.log").write_text("outside\n")
    root = tmp_path / "logs"
    for name in ("worker.log", "worker.log.1", "jobs/a b.jsonl", "notes.txt", ".git/x.log", "old.log.gz"):
        (root / name).write_text("line\n")
    (root / "link.log").symlink_to(tmp_path / "secret.log")
    (root / "inside.log").symlink_to(root / "worker.log")
    os.mkfifo(root / "pipe.log")

    sources = httpx.get(f"{serve(root)}/api/logs").json()["sources"]

    assert ["inside.log", "jobs/a b.jsonl", "worker.log", "worker.log.1"] == [source["id"] for source in sources]
    assert sources[1]["size"] == 5
    assert sources[1]["modified"].endswith("Z")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("worker.log", "live"),
        ("jobs_2026-01.jsonl", "live"),
        ("worker.log.1", "rotated"),
        ("worker.log.20260105", "rotated"),
        ("worker.log-20260105", "rotated"),
        ("worker.log.2026-01-05_14-30", "rotated"),
        ("a-b.c.ndjson.3", "rotated"),
        ("worker.log.12.gz", None),
        ("events.jsonl.zst", None),
        ("worker.log.bak", None),
        ("worker.log.1.old", None),
        (".log", None),
        ("notes.txt", None),
        ("catalog", None),
        ("worker.log.", None),
    ],
)
def test_names_are_those_of_the_command_line(name: str, kind: str | None) -> None:
    """The cases of crates/files/src/name.rs; compressed files have no raw tail and are left out here."""
    assert kind_of(name) == kind


def test_odd_names_are_names(serve: Callable[..., str], tmp_path: Path) -> None:
    """What would be a path elsewhere is a log here if it is in the list."""
    names = ["C:x.log", "a\\..\\b.log", "..x.log", "%2e.log", "é ü.log"]
    for name in names:
        (tmp_path / name).write_text(f"{name}\n")
    url = serve(tmp_path)

    assert sorted(names) == [source["id"] for source in httpx.get(f"{url}/api/logs").json()["sources"]]
    assert names == [tail(url, name).text.rstrip("\n") for name in names]


def test_several_roots_stand_in_front_of_the_id(serve: Callable[..., str], tmp_path: Path) -> None:
    """Two roots of one name are told apart."""
    for folder in ("a/logs", "b/logs"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "worker.log").write_text(f"{folder}\n")
    url = serve(tmp_path / "a/logs", tmp_path / "b/logs")

    listed = [source["id"] for source in httpx.get(f"{url}/api/logs").json()["sources"]]

    assert listed == ["logs-2/worker.log", "logs/worker.log"]
    assert tail(url, "logs-2/worker.log").text == "b/logs\n"


def test_a_tail_begins_and_ends_at_a_line(serve: Callable[..., str], tmp_path: Path) -> None:
    """The headers say which bytes of the file the text stands for; an unfinished last line waits."""
    text = numbered_lines(100)
    (tmp_path / "worker.log").write_text(text + "unfinished")

    answer = tail(serve(tmp_path), "worker.log", tailBytes=1000)

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    offset, end = int(answer.headers["x-jobtrail-offset"]), int(answer.headers["x-jobtrail-end"])
    assert text[offset:end] == answer.text
    assert end == len(text)
    assert text[offset - 1] == "\n"
    assert 900 < len(answer.text) <= 1000


@pytest.mark.parametrize(
    ("asked", "given"), [("1", 1_000), ("999999999", 250_000), ("junk", 50_000), ("-5", 50_000), ("", 50_000)]
)
def test_tail_bytes_are_clamped_and_junk_is_the_default(
    serve: Callable[..., str], tmp_path: Path, asked: str, given: int
) -> None:
    """As in the service whose endpoint this continues: 1,000 to 250,000, else 50,000."""
    (tmp_path / "worker.log").write_text(numbered_lines(10_000))

    length = len(tail(serve(tmp_path), "worker.log", tailBytes=asked).text)

    assert given - 50 < length <= given


def test_a_tail_of_odd_files(serve: Callable[..., str], tmp_path: Path) -> None:
    """Empty, binary, one line longer than the tail, a line over 1 MiB: each is an answer."""
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "binary.log").write_bytes(b"\xff\xfe\x00\x01\n" * 3)
    (tmp_path / "wide.log").write_text("x " * 5_000 + "\n")
    (tmp_path / "huge.log").write_text("first\n" + "y " * 1_000_000 + f"{TOKEN}\nlast\n")
    url = serve(tmp_path)

    assert tail(url, "empty.log").text == ""
    assert tail(url, "binary.log").text == "\ufffd\ufffd\x00\x01\n" * 3
    assert tail(url, "wide.log", tailBytes=1000).text == "x " * 5_000 + "\n"
    assert tail(url, "huge.log", tailBytes=1000).text == "last\n"


def test_no_secret_leaves_in_a_tail(serve: Callable[..., str], tmp_path: Path) -> None:
    """Wherever the tail is cut: in a token, or in the middle of a private key."""
    text = numbered_lines(10) + f"push with {TOKEN} done\n" + KEY + "after\n" + numbered_lines(15)
    (tmp_path / "worker.log").write_text(text)
    url = serve(tmp_path)

    for tail_bytes in range(1000, len(text), 7):
        shown = tail(url, "worker.log", tailBytes=tail_bytes).text
        assert TOKEN[8:20] not in shown
        assert "MIIEpAIBAAKCAQEA7bq9" not in shown
        assert shown.endswith(numbered_lines(15))


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [
        ("../secret.log", 400, "outside_root"),
        ("a/../../secret.log", 400, "outside_root"),
        ("..\\secret.log", 400, "outside_root"),
        ("/etc/passwd", 400, "outside_root"),
        ("C:/secret.log", 400, "outside_root"),
        ("//host/share/x.log", 400, "outside_root"),
        ("worker.log\0", 400, "bad_option"),
        ("worker.log\n", 400, "bad_option"),
        ("", 400, "bad_option"),
        ("x" * 2000, 400, "bad_option"),
        ("link.log", 404, "not_found"),
        ("folder.log", 404, "not_found"),
        ("./worker.log", 404, "not_found"),
        ("notes.txt", 404, "not_found"),
        ("%2e%2e/secret.log", 404, "not_found"),
    ],
)
@pytest.mark.parametrize("route", ["/api/logs/tail", "/api/logs/live", "/logs"])
def test_a_source_outside_is_refused(
    serve: Callable[..., str], tmp_path: Path, route: str, source: str, status: int, code: str
) -> None:
    """No ID reads a file that the list does not have, whatever it looks like."""
    (tmp_path / "secret.log").write_text("outside\n")
    root = tmp_path / "logs"
    (root / "folder.log").mkdir(parents=True)
    (root / "worker.log").write_text("inside\n")
    (root / "notes.txt").write_text("inside\n")
    (root / "link.log").symlink_to("../secret.log")

    answer = httpx.get(f"{serve(root)}{route}", params={"source": source})

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert set(answer.json()) == {"error", "code"}
    assert "outside\n" not in answer.text


def test_an_unreadable_file_is_an_error_of_its_own(
    serve: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permission denied is told apart from missing, before a live answer begins."""
    (tmp_path / "worker.log").write_text("line\n")
    (tmp_path / "worker.log").chmod(0)
    real_open = os.open
    if os.geteuid() == 0:  # The permission does not bind root: the refusal is played.

        def refuse(path: str, flags: int, mode: int = 0o777) -> int:
            if str(path).endswith("worker.log"):
                raise PermissionError(13, "Permission denied")
            return real_open(path, flags, mode)

        monkeypatch.setattr(os, "open", refuse)
    url = serve(tmp_path)

    for route in ("tail", "live"):
        answer = httpx.get(f"{url}/api/logs/{route}", params={"source": "worker.log"})
        assert (403, "unreadable") == (answer.status_code, answer.json()["code"])


def test_a_bad_request_is_json(serve: Callable[..., str], tmp_path: Path) -> None:
    """A wrong address, method or offset: an error and a code, never a page."""
    (tmp_path / "worker.log").write_text("line\n")
    url = serve(tmp_path)

    answers = [
        httpx.get(f"{url}/nowhere"),
        httpx.post(f"{url}/api/logs"),
        httpx.get(f"{url}/api/logs/tail"),
        httpx.get(f"{url}/api/logs/live", params={"source": "worker.log", "from": "junk"}),
    ]

    assert [(404, "not_found"), (405, "unsupported"), (400, "bad_option"), (400, "bad_option")] == [
        (answer.status_code, answer.json()["code"]) for answer in answers
    ]


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("127.0.0.1:5173", 200), ("evil.example", 403), ("evil.example:80", 403), ("", 403)],
)
def test_another_host_name_is_refused(serve: Callable[..., str], tmp_path: Path, host: str, status: int) -> None:
    """A page that has pointed its own name at this address gets nothing (DNS rebinding)."""
    answer = httpx.get(f"{serve(tmp_path)}/api/logs", headers={"Host": host})

    assert answer.status_code == status


def test_any_host_may_be_let_in(serve: Callable[..., str], tmp_path: Path) -> None:
    """Behind a server that checks the name."""
    answer = httpx.get(f"{serve(tmp_path, hosts=None)}/health", headers={"Host": "logs.example"})

    assert answer.json()["status"] == "ok"


def test_the_page_is_strict_and_escapes_names(serve: Callable[..., str], tmp_path: Path) -> None:
    """A file's name is text in the page, never markup; the page may run the panel's script and nothing else."""
    name = '<img src=x onerror="alert(1)">&.log'
    (tmp_path / name).write_text("line\n")
    url = serve(tmp_path)

    answer = httpx.get(f"{url}/logs", params={"source": name})

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "default-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<img" not in answer.text
    assert "/api/logs/live?source=%3Cimg" in answer.text
    assert "text/css" in httpx.get(f"{url}/assets/page.css").headers["content-type"]


def test_a_head_of_a_stream_ends(serve: Callable[..., str], tmp_path: Path) -> None:
    """Nothing waits for the body of an answer that has none."""
    url = serve(tmp_path)

    answer = httpx.head(f"{url}/api/logs/live")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert httpx.get(f"{url}/health").json()["streams"] == 0


def test_an_empty_directory_is_served(serve: Callable[..., str], tmp_path: Path) -> None:
    """No logs yet is no error."""
    url = serve(tmp_path)

    assert httpx.get(f"{url}/api/logs").json() == {"sources": []}
    assert httpx.get(f"{url}/logs").status_code == 200


# Every kind of thing that is masked, one a line; all made up.
SECRETS = f'token {TOKEN}\npassword=hunter2\n{{"api_key":"x7Kq2Wm9"}}\nread /home/ann/x.csv\n{KEY}'


def test_everything_is_masked_unless_asked_otherwise(serve: Callable[..., str], tmp_path: Path) -> None:
    """The switch is on: no answer has a secret, and the page's panel redacts too."""
    (tmp_path / "worker.log").write_text(SECRETS)
    url = serve(tmp_path)

    shown = tail(url, "worker.log").text

    assert shown.splitlines() == [
        "token [redacted:github-token]",
        "password=[redacted:password]",
        '{"api_key":"[redacted:api-key]"}',
        "read ~/x.csv",
        "[redacted:private-key]",
    ]
    assert "redact" not in httpx.get(f"{url}/logs").text


def test_nothing_is_masked_where_the_switch_is_off(serve: Callable[..., str], tmp_path: Path) -> None:
    """`redact=False`: the bytes of the file, cut ends of long lines apart, and a page that says so."""
    wide = f"{TOKEN} " * 30_000  # over 1 MiB
    (tmp_path / "worker.log").write_text(SECRETS)
    (tmp_path / "wide.log").write_text(f"{wide}\n")
    url = serve(tmp_path, redact=False)

    assert tail(url, "worker.log").text == SECRETS
    assert wide.startswith(tail(url, "wide.log").text.removesuffix(" [line cut]\n"))
    page = httpx.get(f"{url}/logs", params={"source": "worker.log"}).text
    assert "not redacted" in page
    if "<jobtrail-panel" in page:
        assert " no-redact></jobtrail-panel>" in page


def test_a_root_has_to_be_a_directory(tmp_path: Path) -> None:
    """What is wrong with a root is said at once, in one line."""
    (tmp_path / "file").write_text("")

    for root, code in ((tmp_path / "missing", "not_found"), (tmp_path / "file", "bad_option")):
        with pytest.raises(ServeError) as caught:
            create_app([root])
        assert caught.value.code == code
        assert root.name in str(caught.value)
    with pytest.raises(ServeError):
        create_app([])
