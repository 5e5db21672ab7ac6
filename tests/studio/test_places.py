"""Where data may be chosen from, by ids that lead nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zerosum.data import BUILTIN_NAMES


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """What lies in the folder that the studio was started in, and beside it."""
    folder = tmp_path / "here"
    (folder / "pets" / "cats").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "table.csv").write_text("a,b\n1,2\n")
    (folder / "notes.txt").write_text("x")
    (folder / "model.pt").write_text("x")
    (folder / ".secret.csv").write_text("a\n1\n")
    np.save(folder / "points.npy", np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside.csv").write_text("a\n1\n")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "inner.csv").symlink_to(folder / "table.csv")
    (folder / "broken.csv").symlink_to(folder / "nothing.csv")
    return folder


def entries(client, **asked):
    return {one["name"]: one for one in client.get("/api/places", params=asked).json()["entries"]}


def test_what_there_is_to_choose_from(empty, here):
    found = entries(empty)
    assert list(found)[: len(BUILTIN_NAMES)] == list(BUILTIN_NAMES)
    assert all(found[name]["about"] and found[name]["kind"] == "built-in" for name in BUILTIN_NAMES)
    own = {name: one["kind"] for name, one in found.items() if one["kind"] != "built-in"}
    assert own == {"pets": "folder", "runs": "folder", "inner.csv": "file", "points.npy": "file", "table.csv": "file"}
    assert found["table.csv"]["size"] == 8


def test_folders_are_gone_into_and_out_of(empty, here):
    top = entries(empty)["pets"]
    inside = empty.get("/api/places", params={"at": top["id"]}).json()
    assert (inside["parent"], inside["name"], [one["name"] for one in inside["entries"]]) == (None, "pets", ["cats"])
    deeper = empty.get("/api/places", params={"at": inside["entries"][0]["id"]}).json()
    assert deeper["parent"] == top["id"] and not deeper["entries"]


def test_only_ids_that_were_given_are_places(empty, here, refused):
    for asked in ("pets", str(here / "pets"), "../outside", "", "0" * 16):
        refused(404, empty.get("/api/places", params={"at": asked}))
        refused(404, empty.post("/api/data", json={"place": asked}))
    refused(422, empty.get("/api/places", params={"at": entries(empty)["ring"]["id"]}))
    refused(404, empty.get(f"/api/places/{entries(empty)['pets']['id']}/thumb.jpg"))


def test_ids_are_the_same_after_a_restart(empty, here, both):
    """A page that was open goes on: the places at the top are known to a studio that was just started."""
    ring = entries(empty)["ring"]["id"]
    assert both[0].get("/api/places", params={"at": ring}).status_code == 422, "known, and no folder"


def test_data_are_named_as_commands_name_them(empty, here):
    for name, source in (("points.npy", "points.npy"), ("ring", "ring")):
        seen = empty.post("/api/data", json={"place": entries(empty)[name]["id"]}).json()
        assert (seen["kind"], seen["source"]) == ("points", source)


def test_a_folder_called_like_a_built_in_set_is_named_as_a_folder(empty, here):
    (here / "digits").mkdir()
    pictures = [Image.new("L", (8, 8), number) for number in range(0, 250, 10)]
    for number, picture in enumerate(pictures):
        picture.save(here / "digits" / f"{number}.png")
    folder = next(
        one for one in empty.get("/api/places").json()["entries"] if one["name"] == "digits" and one["kind"] == "folder"
    )
    seen = empty.post("/api/data", json={"place": folder["id"]}).json()
    assert (seen["source"], seen["count"]) == ("./digits", 25)


def test_built_in_sets_have_small_pictures(empty):
    picture = empty.get(entries(empty)["gaussian"]["thumb"])
    assert picture.headers["content-type"] == "image/jpeg" and picture.content[:3] == b"\xff\xd8\xff"


def test_what_cannot_be_read_is_said(empty, here, refused):
    assert "holds no pictures" in refused(422, empty.post("/api/data", json={"place": entries(empty)["pets"]["id"]}))
    table = entries(empty)["table.csv"]["id"]
    assert refused(422, empty.post("/api/data", json={"place": table}))
    refused(422, empty.post("/api/data", json={}))
    refused(422, empty.post("/api/data", json={"place": table, "run": "x"}))
    points = {"place": entries(empty)["points.npy"]["id"]}
    assert "no recipe" in refused(422, empty.post("/api/data", json={**points, "recipe": "nope"}))
    assert "does not learn" in refused(422, empty.post("/api/data", json={**points, "recipe": "light"}))
    assert "sigma" in refused(422, empty.post("/api/data", json={**points, "options": {"sigma": 0.1}}))
    assert "no setting" in refused(422, empty.post("/api/data", json={**points, "options": {"sice": "64"}}))
    for option in ("encoder", "schema", "query"):
        assert "in a terminal" in refused(
            422, empty.post("/api/data", json={**points, "options": {option: "/etc/passwd"}})
        )
