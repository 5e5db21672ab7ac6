"""Who is answered, and what is refused: one test for each refusal."""

import json
import shutil
import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from zerosum.core.errors import SettingError
from zerosum.studio.app import App
from zerosum.studio.security import HEADERS, is_address, is_loopback, is_wildcard, own_names
from zerosum.studio.server import listen, token_of

TOKEN, PORT, HERE = "a-secret-that-only-tests-know", 8765, "http://localhost:8765"
RING, PICTURES = "00000-ring-r3gan", "00001-pictures-dcgan"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def stranger(tmp_path: Path):
    """A browser that has not shown the token."""
    app = App(tmp_path / "runs", TOKEN, PORT, work=tmp_path)
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client
    app.close()


@pytest.mark.parametrize("address", ["/", "/api/state", "/api/runs", "/static/main.js", "/api/nothing", "/favicon.ico"])
def test_without_the_cookie_nothing_is_answered(stranger, refused, address):
    assert "?token=" in refused(403, stranger.get(address))
    assert stranger.head(address).status_code == 403


def test_a_person_is_told_what_to_do(stranger):
    page = stranger.get("/", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 403 and "text/html" in page.headers["content-type"]
    assert "printed in its terminal" in page.text and "<script" not in page.text


def test_the_token_is_exchanged_for_a_cookie_and_leaves_the_address(stranger):
    answer = stranger.get(f"/?token={TOKEN}")
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert f"zerosum-{PORT}=" in cookie and "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert stranger.get("/api/state").status_code == 200


@pytest.mark.parametrize(
    "query", ["token=", "token=wrong", f"token={TOKEN}x", f"token=x&token={TOKEN}", f"token={TOKEN[:-1]}"]
)
def test_a_wrong_token_is_none(stranger, refused, query):
    response = stranger.get(f"/?{query}")
    refused(403, response)
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "cookie",
    [f"zerosum-{PORT}=wrong", f"zerosum-{PORT}=", f"other={TOKEN}", f"zerosum-1={TOKEN}", "\x01", f"zerosum-{PORT}"],
)
def test_a_wrong_cookie_is_none(stranger, refused, cookie):
    refused(403, stranger.get("/api/state", headers={"Cookie": cookie}))


def test_the_token_counts_nowhere_else(stranger, refused):
    refused(403, stranger.get(f"/api/state?token={TOKEN}"))
    refused(403, stranger.get("/api/state", headers={"Authorization": f"Bearer {TOKEN}"}))
    refused(403, stranger.post(f"/?token={TOKEN}", headers={"Origin": HERE}, json={}))


@pytest.mark.parametrize(
    "host",
    [
        f"evil.example:{PORT}",  # a name that was rebound to this machine
        f"localhost.evil.example:{PORT}",
        f"127.0.0.1.nip.io:{PORT}",
        "localhost",
        "localhost:80",
        f"localhost:{PORT}0",
        f"[::2]:{PORT}",
        f"192.168.0.1:{PORT}",
        f"0.0.0.0:{PORT}",
        f"localhost:{PORT}@evil.example",
        f"localhost:{PORT}, evil.example:{PORT}",
        f"[localhost]:{PORT}",
        "",
    ],
)
def test_another_host_is_refused_even_with_the_cookie(client, refused, host):
    sentence = refused(403, client.get("/api/state", headers={"Host": host}))
    assert f"localhost:{PORT}" in sentence and "ssh -L" in sentence
    refused(403, client.get(f"/?token={TOKEN}", headers={"Host": host}))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_this_machine_has_three_names(client, host):
    cookie = {"Cookie": f"zerosum-{PORT}={TOKEN}"}
    assert client.get("/api/state", headers={"Host": f"{host}:{PORT}", **cookie}).status_code == 200


def test_the_usual_port_need_not_be_named(tmp_path):
    app = App(tmp_path / "runs", TOKEN, 80)
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        assert client.get(f"/?token={TOKEN}").status_code == 303 and client.get("/api/state").status_code == 200
        assert client.get("/api/state", headers={"Host": "localhost:8080"}).status_code == 403
    app.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://localhost:{PORT}"},
        {"Origin": "http://localhost:3000"},
        {"Origin": f"http://127.0.0.1:{PORT}"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
)
def test_only_own_pages_may_change_something(client, refused, headers):
    del client.headers["Origin"]
    for address in (f"/api/runs/{RING}/control", "/api/runs", "/api/uploads", "/api/nothing"):
        refused(403, client.post(address, content="{}", headers={**JSON, **headers}))
    assert client.request("DELETE", f"/api/runs/{RING}", headers=headers).status_code == 403


def test_own_pages_may(client, refused):
    del client.headers["Origin"]
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": HERE},
        {"Origin": HERE, "Sec-Fetch-Site": "same-origin"},
    ):
        refused(422, client.post(f"/api/runs/{RING}/control", content="{}", headers={**JSON, **headers}))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_get_nothing_to_embed(client, refused, site):
    """A page on another port of this machine is of the same site: a browser sends our cookie with its requests."""
    for address in ("/api/runs", "/static/main.js", f"/api/runs/{RING}/reals.jpg"):
        refused(403, client.get(address, headers={"Sec-Fetch-Site": site}))
        assert client.get(address, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert client.get("/", headers={"Sec-Fetch-Site": site}).status_code == 200, (
        "following a link is no request of a page"
    )


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_other_types_than_json_are_refused(client, refused, kind):
    refused(415, client.post(f"/api/runs/{RING}/control", content='{"action": "stop"}', headers={"Content-Type": kind}))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "1",
        "NaN",
        '{"action": "resume", "minutes": NaN}',
        '{"action": "explode"}',
        '{"act": 1}',
        '{"action": "pause", "x": 1}',
        "[" * 9999,
    ],
)
def test_bodies_that_mean_nothing(client, refused, body):
    refused(422, client.post(f"/api/runs/{RING}/control", content=body, headers=JSON))


def test_an_unknown_field_is_named(client, refused):
    sentence = refused(422, client.post(f"/api/runs/{RING}/control", json={"action": "pause", "minuets": 1}))
    assert '"minuets"' in sentence and 'Did you mean "minutes"' in sentence


def test_long_bodies_are_refused(client, refused):
    refused(413, client.post(f"/api/runs/{RING}/control", content='"' + "x" * 1_100_000 + '"', headers=JSON))

    def parts():
        yield from [b"x" * 100_000] * 12

    refused(413, client.post(f"/api/runs/{RING}/control", content=parts(), headers=JSON))


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/api/state",
        "/static/main.js",
        "/static/nothing.js",
        "/api/nothing",
        f"/api/runs/{RING}/reals.jpg",
        "/?token=x",
    ],
)
def test_every_answer_says_what_pages_may_load(client, address):
    response = client.get(address)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy and "*" not in policy


def test_no_other_origin_may_read(client):
    for origin in ("http://evil.example", HERE):
        response = client.get("/api/runs", headers={"Origin": origin})
        assert not [name for name in response.headers if name.startswith("access-control-")]
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/api/runs", headers=asked)
    assert preflight.status_code == 403 and not [n for n in preflight.headers if n.startswith("access-control-")]


def test_web_sockets_are_refused(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/stream"):
        pass


AROUND = [
    "..",
    "%2e%2e",
    ".%2e",
    "..%2f..",
    "%2e%2e%2f%2e%2e",
    "..%5c..",
    "....//",
    "%00",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "~",
]


@pytest.mark.parametrize("way", AROUND)
def test_paths_lead_nowhere(client, work, refused, way):
    """Ids are looked up; whatever else is asked for, encoded or not, is not there."""
    (work / "secret.json").write_text("secret")
    (work / "runs" / "config.json").write_text("secret")
    for address in (
        f"/api/runs/{way}",
        f"/api/runs/{way}/series",
        f"/api/runs/{way}/findings",
        f"/api/runs/{way}/health",
        f"/api/runs/{way}/reals.jpg",
        f"/api/runs/{way}/sheets/1.png",
        f"/api/runs/{RING}/sheets/{way}.png",
        f"/api/runs/{RING}%2f{way}",
        f"/api/models/{way}",
        f"/api/data/{way}/thumbs.jpg",
        f"/api/places/{way}/thumb.jpg",
        f"/api/files/{way}",
        f"/static/{way}/app.py",
        f"/static/{way}%2f{way}/secret.json",
        f"/{way}/secret.json",
    ):
        response = client.get(address)
        assert response.status_code == 404 and "secret" not in response.text.replace("secret.json", ""), address
    refused(404, client.get("/api/places", params={"at": way}))
    refused(404, client.get("/api/compare", params={"run": [way, RING]}))
    refused(404, client.get("/api/stream", params={"run": f"{way}:0.00000000"}))
    for address, body in (
        ("control", {"action": "stop"}),
        ("treat", {"failure": "mode-collapse", "remedy": 0}),
        ("undo", {}),
    ):
        refused(404, client.post(f"/api/runs/{way}/{address}", json=body))
    refused(404, client.post("/api/data", json={"place": way}))
    refused(404, client.post("/api/data", json={"run": way}))
    refused(404, client.post("/api/uploads", content=b"", headers={"X-File-Name": "a.csv", "X-Upload": "../0"}))


def test_hidden_folders_and_links_are_no_runs(client, work, refused, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(work / "runs" / PICTURES, elsewhere)
    (work / "runs" / "link").symlink_to(elsewhere)
    shutil.copytree(elsewhere, work / "runs" / ".studio", dirs_exist_ok=True)
    listed = [run["id"] for run in client.get("/api/runs").json()]
    assert listed and not {".studio", "link"} & set(listed)
    for run in (".studio", "link"):
        for address in ("", "/series", "/reals.jpg", "/findings", "/health"):
            refused(404, client.get(f"/api/runs/{run}{address}"))
        refused(404, client.get(f"/api/models/{run}"))


def test_links_in_a_run_lead_nowhere(client, work, refused, tmp_path):
    """A run that somebody else has packed may hold links."""
    (tmp_path / "secret.png").write_bytes((work / "runs" / PICTURES / "reals.png").read_bytes())
    run = work / "runs" / PICTURES
    (run / "reals.png").unlink()
    (run / "reals.png").symlink_to(tmp_path / "secret.png")
    (run / "samples" / "000000000001.png").symlink_to(tmp_path / "secret.png")
    refused(404, client.get(f"/api/runs/{PICTURES}/reals.jpg"))
    for form in ("png", "jpg"):
        refused(404, client.get(f"/api/runs/{PICTURES}/sheets/1.{form}"))
    shutil.move(run / "samples", tmp_path / "samples")
    (run / "samples").symlink_to(tmp_path / "samples")
    (sheet, *_) = (path for path in (tmp_path / "samples").iterdir() if not path.is_symlink())
    refused(404, client.get(f"/api/runs/{PICTURES}/sheets/{int(sheet.stem)}.png"))


def test_an_unknown_address_is_a_sentence(client, refused):
    assert "/api/nothing" in refused(404, client.get("/api/nothing"))
    refused(405, client.post("/api/state", json={}))
    refused(405, client.put(f"/api/runs/{RING}", json={}))


def test_static_files_have_types_and_are_asked_for_again(client):
    for name, kind in (("main.js", "text/javascript"), ("style/base.css", "text/css"), ("icon.svg", "image/svg+xml")):
        response = client.get(f"/static/{name}")
        assert response.headers["content-type"].startswith(kind) and response.headers["cache-control"] == "no-cache"
        again = client.get(f"/static/{name}", headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304


def test_a_mistake_of_ours_is_a_sentence_and_no_traceback(work, monkeypatch, refused):
    app = App(work / "runs", TOKEN, PORT, work=work)
    monkeypatch.setattr(app.studio.runs, "listing", lambda: 1 / 0)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        client.get(f"/?token={TOKEN}")
        assert "ZeroDivisionError" in refused(500, client.get("/api/runs"))
    app.close()


def test_nothing_is_unpickled(work, refused, client):
    """A model folder with a pickle in it is no model."""
    folder = work / "runs" / "evil"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(b"cos\nsystem\n(S'touch /tmp/owned'\ntR.")
    refused(404, client.get("/api/models/evil"))
    (folder / "config.json").write_text(json.dumps({"recipe": "dcgan"}))
    (folder / "model.safetensors").write_bytes(b"cos\nsystem\n(S'touch /tmp/owned'\ntR.")
    refused(422, client.get("/api/models/evil"))


def test_which_addresses_are_this_machines_alone():
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.168.0.1", "example.com", ""))
    assert all(is_wildcard(host) for host in ("0.0.0.0", "::", "")) and not is_wildcard("127.0.0.1")
    assert is_address("10.0.0.1") and is_address("[::1]") and not is_address("10.0.0.1.nip.io")
    assert own_names("192.168.0.7") == {"192.168.0.7"} and own_names("::5") == {"[::5]"} and not own_names("127.0.0.1")


@pytest.mark.parametrize(
    ("bound", "host", "status"),
    [
        ("0.0.0.0", "192.168.0.7", 200),
        ("0.0.0.0", "evil.example", 403),
        ("192.168.0.7", "192.168.0.7", 200),
        ("192.168.0.7", "192.168.0.8", 403),
        ("192.168.0.7", "evil.example", 403),
    ],
)
def test_others_are_let_in_by_address_and_token_alone(tmp_path, bound, host, status):
    app = App(tmp_path / "runs", TOKEN, PORT, bound)
    with TestClient(app, base_url=HERE) as client:
        there = {"Host": f"{host}:{PORT}"}
        assert client.get("/api/state", headers=there).status_code == 403
        assert client.get("/api/state", headers={**there, "Cookie": f"zerosum-{PORT}={TOKEN}"}).status_code == status
    app.close()


def test_the_token_is_kept_for_its_owner_alone(tmp_path):
    token = token_of(tmp_path)
    assert len(token) >= 32 and token == token_of(tmp_path) and token != token_of(tmp_path / "other")
    path = tmp_path / ".studio" / "token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    assert len(token_of(tmp_path)) >= 32


def test_a_port_that_is_taken_is_passed_over():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", port) as second:
            assert second.getsockname()[1] > port


@pytest.mark.parametrize("host", ["203.0.113.7", "no such name"])
def test_addresses_of_others_cannot_be_listened_on(host):
    with pytest.raises(SettingError, match="--host"):
        listen(host, 8765)


def test_saved_pictures_are_checked(client, work, refused):
    (work / "runs" / PICTURES / "reals.png").write_bytes(b"GIF89a" + bytes(100))
    refused(422, client.get(f"/api/runs/{PICTURES}/reals.jpg"))
