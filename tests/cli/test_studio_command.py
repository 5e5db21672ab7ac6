"""`zerosum studio`: where it says it is, what it warns of, and what it refuses."""

import re
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path

import httpx
import pytest

from zerosum.studio import server
from zerosum.studio.server import Server, listen, token_of

ADDRESS = r"http://localhost:(\d+)/\?token=([\w-]{32,})(\S*)"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that studios have listened on, which end at once instead of serving."""
    ports: list[int] = []
    monkeypatch.setattr(Server, "run", lambda self, sockets: ports.append(sockets[0].getsockname()[1]))
    monkeypatch.setattr(server, "prepare", lambda: None)
    return ports


def test_help_says_what_can_be_said(cli):
    answer = cli("studio", "--help")
    assert answer.code == 0
    for flag in ("FOLDER", "--port", "8765", "--host", "127.0.0.1", "--no-open"):
        assert flag in answer.out, flag


def test_it_prints_its_address_with_its_token(cli, served, work, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda address: pytest.fail("no browser was asked for"))
    answer = cli("studio", "--no-open", "--port", "0")
    found = re.search(ADDRESS, answer.out)
    assert answer.code == 0 and found is not None and int(found[1]) == served[0]
    assert found[2] == token_of(work / "runs") and found[3] == "" and "Warning" not in answer.out
    assert "The studio has ended." in answer.out


def test_it_opens_the_browser_at_that_address(cli, served, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    answer = cli("studio", "--port", "0")
    assert opened and opened[0] in answer.out


def test_a_port_that_is_taken_is_passed_over(cli, served):
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        answer = cli("studio", "--no-open", "--port", port)
    assert answer.code == 0 and served[0] > port and f":{served[0]}/?token=" in answer.out


def test_where_no_port_is_free_it_says_so(refused, monkeypatch):
    monkeypatch.setattr(server, "MOST_TRIES", 1)
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert f"No port from {port} to {port} is free" in refused(2, "studio", "--no-open", "--port", port)


def test_a_run_is_opened_among_its_neighbours(cli, served, work):
    (work / "mine" / "00000 a & b").mkdir(parents=True)
    (work / "mine" / "00000 a & b" / "events.jsonl").touch()
    answer = cli("studio", "--no-open", "--port", "0", "mine/00000 a & b")
    found = re.search(ADDRESS, answer.out)
    assert found is not None and found[3] == "#/run/00000%20a%20%26%20b/train"
    assert found[2] == token_of(work / "mine")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_are_let_in_with_a_warning_and_the_token(cli, served, host):
    answer = cli("studio", "--no-open", "--port", "0", "--host", host)
    assert answer.code == 0 and f"Warning: it listens on {host}" in answer.out and "?token=" in answer.out


@pytest.mark.parametrize(
    ("code", "arguments", "said"),
    [
        (2, ("--port", "70000"), "ports go from 0 to 65535"),
        (2, ("--host", "203.0.113.7"), "no address of this machine"),
        (4, ("a-file",), "is a file"),
        (1, ("a-file/runs",), "cannot be used: Not a directory"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(refused, served, work, code, arguments, said):
    (work / "a-file").touch()
    assert said in refused(code, "studio", "--no-open", *arguments)


def without(packages: tuple[str, ...], code: str) -> subprocess.CompletedProcess[str]:
    """What a Python says that has not got some packages."""
    lines = ["import sys", f"sys.modules.update(dict.fromkeys({packages!r}))", code]
    return subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=300)


def test_without_its_packages_it_says_how_to_get_them():
    said = without(
        ("starlette", "uvicorn"),
        'import zerosum, zerosum.api\nfrom zerosum.__main__ import main\nsys.exit(main(["studio", "--no-open"]))',
    )
    assert said.returncode == 2 and "Traceback" not in said.stderr
    assert said.stderr == "zerosum: The studio needs starlette and uvicorn: pip install 'zerosum[studio]'.\n"


def test_it_needs_no_other_extra():
    others = ("pandas", "pyarrow", "openpyxl", "sqlalchemy", "duckdb", "scipy", "sklearn", "sdmetrics", "av", "onnx")
    said = without((*others, "onnxscript", "onnxruntime", "sentence_transformers"), "import zerosum.studio.api")
    assert said.returncode == 0, said.stderr


def test_its_pages_do_not_wait_for_torch():
    said = without((), "import zerosum.studio.server\nsys.exit('torch' in sys.modules)")
    assert said.returncode == 0, said.stderr


@pytest.mark.slow
def test_it_serves_until_it_is_interrupted(work: Path):
    """As a person uses it: from a terminal, to a browser, until Ctrl-C."""
    arguments = [sys.executable, "-m", "zerosum", "studio", "--no-open", "--port", "0", "--host", "0.0.0.0"]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=work)
    assert process.stdout is not None and process.stderr is not None
    said = "".join(iter(process.stdout.readline, "Ctrl-C ends it; trainings go on.\n"))
    found = re.search(ADDRESS, said)
    assert found is not None, said
    address = f"http://localhost:{found[1]}"
    try:
        assert httpx.get(f"{address}/", timeout=60).status_code == 403
        assert httpx.get(f"{address}/api/state", timeout=60).status_code == 403
        assert httpx.get(f"{address}/", headers={"Host": f"evil.example:{found[1]}"}).status_code == 403
        with httpx.Client(base_url=address, follow_redirects=True, timeout=120) as browser:
            assert "<script" in browser.get(f"/?token={found[2]}").text
            assert browser.get("/api/state").json()["root"] == "runs" and browser.get("/api/runs").json() == []
    finally:
        process.send_signal(signal.SIGINT)
        with process:  # which waits for its end
            out, error = process.stdout.read(), process.stderr.read()
    assert process.returncode == 0 and "The studio has ended." in out and "Warning" in out and not error
