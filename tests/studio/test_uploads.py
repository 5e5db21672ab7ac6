"""Files that are given to the studio: what is kept, and each refusal."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from zerosum.studio.starting import uploads


def picture(number: int = 0, size: int = 8, form: str = "PNG") -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (size, size, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, form)
    return data.getvalue()


def array(value: np.ndarray, pickled: bool = False) -> bytes:
    data = io.BytesIO()
    np.save(data, value, allow_pickle=pickled)
    return data.getvalue()


def arrays(**values: np.ndarray) -> bytes:
    data = io.BytesIO()
    np.savez(data, **values)  # type: ignore[arg-type]
    return data.getvalue()


def archive(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


def send(client, name: str, data, upload: str | None = None):
    headers = {"X-File-Name": quote(name)} | ({} if upload is None else {"X-Upload": upload})
    return client.post("/api/uploads", content=data, headers=headers)


def kept(work: Path) -> list[str]:
    folder = work / "here" / "runs" / "uploads"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_folder_of_pictures_becomes_data(empty, tmp_path):
    upload = None
    for number in range(16):
        name = f"my pets/{'cat' if number % 2 else 'hund über'}/{number}.png"
        answer = send(empty, name, picture(number), upload)
        assert answer.status_code == 201
        upload = answer.json()["upload"]
    assert len(kept(tmp_path)) == 16 and kept(tmp_path)[0] == "0/my pets/cat/1.png"
    assert not list((tmp_path / "here" / "runs" / "uploads").rglob("*.part"))
    seen = empty.post("/api/data", json={"place": answer.json()["place"]}).json()
    assert (seen["name"], seen["count"], seen["kind"]) == ("my pets", 16, "image")
    assert [one["name"] for one in seen["classes"]] == ["cat", "hund über"]
    assert seen["source"] == "runs/uploads/0/my pets"
    (listed,) = [one for one in empty.get("/api/places").json()["entries"] if one["kind"] == "upload"]
    assert (listed["name"], listed["count"], listed["id"]) == ("my pets", 16, answer.json()["place"])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("table.csv", b"age,colour\n" + b"".join(b"%d,red\n%d,blue\n" % (n, n + 1) for n in range(40))),
        ("points.npy", array(np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32))),
        ("points.npz", arrays(x=np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32))),
        ("cats.zip", archive(**{f"{n}.png": picture(n) for n in range(12)})),
    ],
)
def test_single_files_become_data(empty, name, data):
    answer = send(empty, name, data)
    seen = empty.post("/api/data", json={"place": answer.json()["place"]})
    assert seen.status_code == 200, seen.text
    assert seen.json()["name"] == name.partition(".")[0] and seen.json()["source"] == f"runs/uploads/0/{name}"


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".bin", ".joblib", ".PT"])
def test_pickles_are_refused(empty, refused, tmp_path, suffix):
    assert "runs what it holds" in refused(422, send(empty, f"model{suffix}", b"\x80\x04."))
    assert not kept(tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("objects.npy", array(np.array([{"a": 1}], object), pickled=True)),
        ("objects.npz", arrays(x=np.zeros(3), y=np.array([{"a": 1}], object))),
        ("renamed.npy", b"\x80\x04cos\nsystem\n(S'touch /tmp/owned'\ntR."),
        ("renamed.npz", archive(x=b"\x80\x04.")),
        ("not.npy", b""),
        ("not.npz", b"PK"),
        ("not.zip", b"PK\x03\x04 and no more"),
        ("not.png", b"<svg onload=alert(1)>"),
        ("empty.jpg", b""),
        ("script.js", b"alert(1)"),
        ("page.html", b"<script>"),
        ("picture.svg", b"<svg/>"),
        ("none", b"x"),
        ("program.py", b"import os"),
    ],
)
def test_what_cannot_be_read_safely_is_refused(empty, refused, tmp_path, name, data):
    assert name in refused(422, send(empty, name, data))
    assert not kept(tmp_path)


def test_huge_pictures_are_refused_unopened(empty, refused):
    data = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(data, "PNG")
    assert "pixels" in refused(422, send(empty, "huge.png", data.getvalue()))


def test_archives_that_unpack_to_too_much_are_refused(empty, refused, monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "MOST_UNPACKED", 1000)
    for name in ("bomb.zip", "bomb.xlsx", "bomb.csv.zip"):
        assert "unpacks to 2,000" in refused(413, send(empty, name, archive(a=bytes(2000))))
    refused(413, send(empty, "bomb.npz", arrays(x=np.zeros(1000))))
    assert not kept(tmp_path)


@pytest.mark.parametrize("name", ["../../a.png", "/etc/a.png", "a/../../b.png", "..\\a.png", "\\a.png"])
def test_archives_whose_files_lead_elsewhere_are_refused(empty, refused, tmp_path, name):
    assert "leads out of it" in refused(422, send(empty, "slip.zip", archive(**{name: picture()})))
    assert not kept(tmp_path)


def test_a_huge_picture_in_an_archive_is_refused_unopened(empty, refused):
    data = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(data, "PNG")
    place = send(empty, "pictures.zip", archive(**{f"{n}.png": data.getvalue() for n in range(2)})).json()["place"]
    assert "allowed 100,000,000 pixels" in refused(422, empty.post("/api/data", json={"place": place}))


@pytest.mark.parametrize("name", ["a.sqlite", "a.db", "a.duckdb"])
def test_databases_are_refused_since_they_hold_queries(empty, refused, tmp_path, name):
    assert "may hold queries" in refused(422, send(empty, name, b"SQLite format 3\0"))
    assert not kept(tmp_path)


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_tables_of_unknown_size_are_refused(empty, refused, tmp_path, suffix):
    assert ".zip" in refused(422, send(empty, f"a.csv{suffix}", b"\x1f\x8b"))
    assert not kept(tmp_path)


def test_a_full_disk_is_said(empty, refused, tmp_path, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(uploads, "replacing", full)
    assert "No space left on device" in refused(507, send(empty, "a.png", picture()))
    assert not kept(tmp_path)


def test_many_at_once_get_their_own_numbers_and_are_counted(empty, monkeypatch):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: send(empty, f"{number}.png", picture()).json(), range(16)))
        assert sorted(int(answer["upload"]) for answer in answers) == list(range(16))
        monkeypatch.setattr(uploads, "MOST_FILES", 5)
        names = [f"more/{number}.png" for number in range(12)]
        codes = list(pool.map(lambda name: send(empty, name, picture(), "3").status_code, names))
    assert sorted(codes) == [201] * 4 + [413] * 8


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../a.png",
        "a/../../b.png",
        "..\\a.png",
        ".hidden.png",
        "a/.git/b.png",
        "a\0.png",
        "/",
        "a/" * 9 + "b.png",
    ],
)
def test_names_that_lead_elsewhere_are_refused(empty, refused, tmp_path, name):
    refused(422, send(empty, name, picture()))
    assert not kept(tmp_path)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("/etc/a.png", "etc/a.png"),
        ("C:\\pictures\\a.png", "C_/pictures/a.png"),
        ('a<b>|"*?.png', "a_b_____.png"),
        ("line\nbreak.png", "line_break.png"),
    ],
)
def test_names_are_made_plain(empty, tmp_path, name, safe):
    assert send(empty, name, picture()).status_code == 201
    assert kept(tmp_path) == [f"0/{safe}"]


def test_a_name_is_needed(empty, refused):
    refused(422, empty.post("/api/uploads", content=picture()))


def test_ten_megabytes_a_file_whatever_is_said_before(empty, refused, tmp_path):
    def parts(count):
        yield from (bytes(1_000_000) for _ in range(count))

    refused(413, send(empty, "a.csv", bytes(10_000_001)))
    refused(413, send(empty, "a.csv", parts(11)))
    assert not kept(tmp_path)
    assert send(empty, "a.csv", bytes(10_000_000)).status_code == 201


def test_an_upload_has_only_so_many_files_and_bytes(empty, refused, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    upload = send(empty, "a.png", picture()).json()["upload"]
    assert send(empty, "b.png", picture(), upload).json()["upload"] == upload
    refused(413, send(empty, "c.png", picture(), upload))
    assert send(empty, "c.png", picture()).json()["upload"] == "1", "another upload has room"
    monkeypatch.setattr(uploads, "MOST_TOGETHER", len(picture()) + 1)
    refused(413, send(empty, "d.png", picture(), "1"))


@pytest.mark.parametrize("upload", ["7", "-1", "..", "x", ""])
def test_only_uploads_that_there_are_are_added_to(empty, refused, upload):
    refused(404, send(empty, "a.png", picture(), upload))


def test_links_do_not_lead_out_of_an_upload(empty, refused, tmp_path):
    send(empty, "a.png", picture())
    folder = tmp_path / "here" / "runs" / "uploads" / "0"
    (folder / "out").symlink_to(tmp_path)
    refused(422, send(empty, "out/b.png", picture(), "0"))
    assert not (tmp_path / "b.png").exists()


def test_labels_come_with_pictures(empty, tmp_path):
    said = "\n".join(json.dumps({"file_name": f"{n}.png", "label": "ab"[n % 2]}) for n in range(12))
    upload = send(empty, "set/metadata.jsonl", said.encode()).json()["upload"]
    for number in range(12):
        place = send(empty, f"set/{number}.png", picture(number), upload).json()["place"]
    assert [one["name"] for one in empty.post("/api/data", json={"place": place}).json()["classes"]] == ["a", "b"]
