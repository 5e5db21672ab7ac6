"""What the studio makes of an open model: what the page Explore shows is what Python and commands give."""

import csv
import io
import json
import shutil
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image, ImageSequence

import zerosum
from zerosum.core.errors import DataError, SettingError
from zerosum.studio.exploring.description import description
from zerosum.studio.exploring.directions import DirectionsAsked, directions
from zerosum.studio.exploring.films import MOST_FRAMES, FilmAsked, film
from zerosum.studio.exploring.inverting import InvertAsked, free_name, invert
from zerosum.studio.exploring.nearest import NearestAsked, nearest
from zerosum.studio.exploring.open_model import Answer, OpenModel
from zerosum.studio.exploring.pictures import MOST_PLACES, PictureAsked, SheetAsked, picture, sheet
from zerosum.studio.exploring.points import PointsAsked, points
from zerosum.studio.exploring.selections import KeepAsked, keep
from zerosum.studio.exploring.tables import ColumnsAsked, RowsAsked, RowsFileAsked, columns, rows, rows_file

SEED = {"latent": {"seed": 5}}


def deaf(what: str, done: int, total: int) -> None:
    """Hears of progress."""


@pytest.fixture(scope="module")
def folder(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs of `trained` to write into, and one of pictures of two classes with styles."""
    folder = tmp_path_factory.mktemp("exploring")
    shutil.copytree(trained / "runs", folder / "runs")
    images = np.random.default_rng(0).integers(0, 256, (64, 16, 16, 3), np.uint8)
    np.savez(folder / "faces.npz", images=images, labels=np.array(["cat", "dog"] * 32))
    sizes = {"latent_dim": 6, "style_dim": 8, "mapping_depth": 2, "channel_base": 64, "largest_width": 16}
    common = {"samples": 64, "batch": 16, "out": folder / "runs"}
    zerosum.fit(folder / "faces.npz", recipe="stylegan2", name="faces", **common, **sizes)
    return folder / "runs"


@pytest.fixture
def faces(folder: Path) -> OpenModel:
    """Pictures of 16 x 16 with classes and styles, opened anew for every test."""
    return OpenModel(folder / "faces", "runs/faces")


@pytest.fixture(scope="module")
def ring(folder: Path) -> OpenModel:
    """Points."""
    return OpenModel(folder / "00000-ring-r3gan", "runs/00000-ring-r3gan")


@pytest.fixture(scope="module")
def people(folder: Path) -> OpenModel:
    """Rows of ages and colours."""
    return OpenModel(folder / "00002-people-tabular", "runs/00002-people-tabular")


def pixels(answer: Answer) -> np.ndarray:
    """What a picture shows, shape (height, width, channels)."""
    image = np.asarray(Image.open(io.BytesIO(answer.data)))
    return image if image.ndim == 3 else image[..., None]


# ---- what is known of a model --------------------------------------------------------------------------------------


def test_a_page_is_told_what_it_can_offer(faces, ring, people):
    found = description(faces, None, deaf)
    assert found["kind"] == "image" and found["shape"] == [16, 16, 3] and found["path"] == "runs/faces"
    assert found["spaces"] == ["w", "z"] and found["layers"] == {"w": 6, "z": 1} and found["truncation"]
    assert found["told"] == {"kind": "class", "flag": "--class", "names": ["cat", "dog"], "examples": []}
    assert found["reals"] and found["invert"] and found["columns"] is None
    dots = description(ring, None, deaf)
    assert dots["kind"] == "points" and dots["shape"] == [2] and not dots["invert"] and dots["told"] is None
    table = description(people, None, deaf)
    age, colour = table["columns"]
    assert (age["name"], age["number"], age["levels"]) == ("age", True, None)
    assert 20 <= int(age["low"]) < int(age["high"]) <= 69
    assert (colour["name"], colour["number"], sorted(colour["levels"])) == ("colour", False, ["blue", "red"])
    assert table["told"]["flag"] == "--where" and table["listens"] in ("any", "one category", "nothing")


def test_descriptions_are_json(faces, ring, people):
    for opened in (faces, ring, people):
        json.dumps(description(opened, None, deaf), allow_nan=False)


# ---- pictures ------------------------------------------------------------------------------------------------------


def test_lossless_pictures_are_those_of_sample(faces):
    for place in ({**SEED, "condition": "dog", "space": "z"}, {**SEED, "condition": "dog", "truncation": 0.5}):
        shown = picture(faces, PictureAsked(place=place, lossless=True), deaf)
        expected = zerosum.explore(faces.folder, place.get("space", "auto")).show(place).rows[0]
        assert shown.kind == "image/png" and np.array_equal(pixels(shown), expected)
    drawn = picture(faces, PictureAsked(place={**SEED, "space": "z", "condition": "dog"}, lossless=True), deaf)
    assert np.array_equal(pixels(drawn), zerosum.load(faces.folder).sample(seeds=[5], condition="dog")[0])


def test_quick_pictures_are_the_same_but_for_rounding(faces):
    place = {**SEED, "condition": "cat"}
    quick = pixels(picture(faces, PictureAsked(place=place), deaf)).astype(int)
    exact = pixels(picture(faces, PictureAsked(place=place, lossless=True), deaf))
    assert quick.std() > 1 and np.abs(quick - exact).max() <= 1


def test_pictures_say_what_their_samples_were_told(faces):
    told = [picture(faces, PictureAsked(place={"latent": {"seed": seed}}), deaf).headers["X-Told"] for seed in range(8)]
    model = zerosum.load(faces.folder)
    assert told == [("cat", "dog")[number] for number in model.conditions(range(8)).tolist()]


def test_pictures_can_be_made_small(faces):
    assert pixels(picture(faces, PictureAsked(place=SEED, size=6), deaf)).shape == (6, 6, 3)
    assert pixels(picture(faces, PictureAsked(place=SEED, size=100), deaf)).shape == (16, 16, 3)


def test_sheets_are_tiles_without_gaps(faces):
    places = [{"latent": {"seed": seed}, "condition": "cat", "space": "z"} for seed in range(5)]
    shown = sheet(faces, SheetAsked(places=places, columns=3, lossless=True), deaf)
    tiles = pixels(shown)
    assert tiles.shape == (32, 48, 3)
    expected = zerosum.load(faces.folder).sample(seeds=range(5), condition="cat")
    for index, row in enumerate(expected):
        down, across = 16 * (index // 3), 16 * (index % 3)
        assert np.array_equal(tiles[down : down + 16, across : across + 16], row)
    assert (tiles[16:, 32:] == 255).all(), "nothing where there is no place"
    assert json.loads(unquote(shown.headers["X-Told"])) == ["cat"] * 5


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (SheetAsked(places=[], columns=3), "0 places"),
        (SheetAsked(places=[SEED] * (MOST_PLACES + 1), columns=3), f"{MOST_PLACES + 1} places"),
        (SheetAsked(places=[SEED], columns=0), "0 columns"),
        (SheetAsked(places=["7"], columns=1), "an object with a latent"),
        (SheetAsked(places=[{**SEED, "space": "q"}], columns=1), "no space 'q'"),
    ],
)
def test_sheets_that_are_refused(faces, asked, sentence):
    with pytest.raises(SettingError, match=sentence):
        sheet(faces, asked, deaf)


def test_what_is_for_other_kinds_is_refused(ring, people):
    for opened in (ring, people):
        for method, asked in (
            (picture, PictureAsked(place=SEED)),
            (sheet, SheetAsked(places=[SEED], columns=1)),
            (film, FilmAsked(place={}, seeds=[1, 2])),
            (nearest, NearestAsked(seeds=[1])),
            (invert, InvertAsked(picture=b"")),
        ):
            with pytest.raises(SettingError, match="pictures|images|films"):
                method(opened, asked, deaf)
    with pytest.raises(SettingError, match="only points"):
        points(people, PointsAsked(), deaf)
    with pytest.raises(SettingError, match="no rows"):
        rows(ring, RowsAsked(), deaf)


# ---- films ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seeds", "closed", "frames"), [([1, 2], False, 7), ([1, 2], True, 12), ([1, 2, 3], False, 13)]
)
def test_films_are_interpolations(faces, tmp_path, seeds, closed, frames):
    explorer = zerosum.explore(faces.folder)
    path = explorer.interpolate(seeds, "dog", steps=6, closed=closed)
    assert len(path.rows) == frames
    for form in ("gif", "png"):
        asked = FilmAsked(place={"condition": "dog"}, seeds=seeds, frames=6, closed=closed, format=form)
        assert film(faces, asked, deaf).data == path.write(tmp_path / f"expected.{form}").read_bytes()


def test_films_have_all_their_frames(faces, tmp_path):
    av = pytest.importorskip("av")
    heard = []
    place = {"truncation": 0.7, "latent": {}}
    for form in ("gif", "mp4"):
        asked = FilmAsked(place=place, seeds=[1, 2, 3], frames=40, closed=True, rate=20, format=form)
        made = film(faces, asked, lambda what, done, total: heard.append((done, total)))
        assert made.name == f"faces-1-2-3.{form}"
        path = tmp_path / f"film.{form}"
        path.write_bytes(made.data)
        if form == "gif":
            with Image.open(path) as image:
                assert sum(1 for _ in ImageSequence.Iterator(image)) == 120 and image.info["duration"] == 50
        else:
            with av.open(str(path)) as video:
                assert sum(1 for _ in video.decode(video=0)) == 120 and video.streams.video[0].average_rate == 20
    assert heard[0] == (0, 120) and len(heard) > 2


@pytest.mark.parametrize(
    "asked", [{"seeds": [1]}, {"seeds": [1, 2], "frames": 0}, {"seeds": [1, 2], "frames": MOST_FRAMES}]
)
def test_films_have_an_end(faces, asked):
    with pytest.raises(SettingError, match="cannot be filmed"):
        film(faces, FilmAsked(place={}, **asked), deaf)


# ---- directions, and what is kept ----------------------------------------------------------------------------------


def test_directions_are_found_once(faces):
    found = directions(faces, DirectionsAsked(method="pca", count=3), deaf)
    assert found["count"] == 3 and found["space"] == "w" and found["method"] == "pca"
    assert found["shares"] == sorted(found["shares"], reverse=True) and 0 < sum(found["shares"]) <= 1.0001
    path = faces.folder / "directions" / f"{found['name']}.safetensors"
    written = path.stat().st_mtime_ns
    assert directions(faces, DirectionsAsked(method="pca", count=3), deaf) == found
    assert path.stat().st_mtime_ns == written, "they were read, and not looked for again"
    assert found in description(faces, None, deaf)["directions"]


def test_directions_move_as_in_python(faces):
    found = directions(faces, DirectionsAsked(method="sefa", space="z", count=2), deaf)
    place = {**SEED, "space": "z", "moves": [{"axes": found["name"], "index": 1, "strength": 2.0}]}
    shown = pixels(picture(faces, PictureAsked(place=place, lossless=True), deaf))
    explorer = zerosum.explore(faces.folder, "z")
    assert np.array_equal(shown, explorer.show(place).rows[0])
    assert not np.array_equal(shown, explorer.show({**SEED, "space": "z"}).rows[0])


def test_directions_of_other_weights_are_not_offered(faces):
    found = directions(faces, DirectionsAsked(method="pca", space="z", count=2), deaf)
    path = faces.folder / "directions" / f"{found['name']}.safetensors"
    other = found["name"][:-6] + "000000"
    shutil.copy(path, path.with_stem(other))
    shutil.copy(path, path.with_stem("smile"))
    path.with_stem("broken").write_text("nothing")
    names = [one["name"] for one in description(faces, None, deaf)["directions"]]
    assert found["name"] in names and "smile" in names, "a person's own are offered"
    assert other not in names and "broken" not in names


def test_what_is_kept_is_a_sample_like_others(faces):
    place = {"latent": {"sum": [{"factor": 1, "seeds": [1, 2, 3]}]}, "condition": "dog"}
    assert "middle" in keep(faces, KeepAsked(name="middle", place=place), deaf)["kept"]
    again = picture(faces, PictureAsked(place={"latent": {"seed": "@middle"}}, lossless=True), deaf)
    assert np.array_equal(pixels(again), zerosum.explore(faces.folder).show(place).rows[0])
    with pytest.raises(SettingError, match='a "middle" already'):
        keep(faces, KeepAsked(name="middle", place=SEED), deaf)
    with pytest.raises(SettingError, match="is no name"):
        keep(faces, KeepAsked(name="../middle", place=SEED), deaf)


def test_nearest_are_those_that_are_nearest(faces):
    places = [{"latent": {"seed": seed}, "space": "z"} for seed in (4, 9)]
    answer = nearest(faces, NearestAsked(places=places, count=3), deaf)
    lines = pixels(answer).reshape(2, 16, 4, 16, 3).swapaxes(1, 2)
    own = zerosum.load(faces.folder).sample(seeds=[4, 9])
    assert np.array_equal(lines[:, 0], own)
    trained = np.asarray(faces.trained).astype(float)
    for line, sample, told in zip(lines, own, json.loads(answer.headers["X-Distances"]), strict=True):
        apart = [np.sqrt(np.square(trained - way.astype(float)).mean((1, 2, 3))) for way in (sample, sample[:, ::-1])]
        apart = np.minimum(*apart) if faces.lesson.mirror else apart[0]
        order = np.argsort(apart)[:3]
        assert np.array_equal(line[1:], trained[order]) and told == pytest.approx(apart[order], abs=0.006)


def test_nearest_finds_copies(faces, monkeypatch):
    stolen = zerosum.load(faces.folder).sample(seeds=[4])
    monkeypatch.setitem(faces.__dict__, "trained", np.concatenate([np.asarray(faces.trained)[:20], stolen]))
    answer = nearest(faces, NearestAsked(places=[{"latent": {"seed": 4}, "space": "z"}], count=1), deaf)
    assert json.loads(answer.headers["X-Distances"]) == [[0.0]]


def test_nearest_needs_the_data(faces, monkeypatch):
    monkeypatch.setitem(faces.__dict__, "lesson", None)
    with pytest.raises(DataError, match="not known here"):
        nearest(faces, NearestAsked(seeds=[1]), deaf)
    with pytest.raises(SettingError, match="9 neighbours"):
        nearest(faces, NearestAsked(seeds=[1], count=9), deaf)


# ---- a person's own picture ----------------------------------------------------------------------------------------


def file_of(row: np.ndarray) -> bytes:
    """A picture as PNG."""
    written = io.BytesIO()
    Image.fromarray(row).save(written, "PNG")
    return written.getvalue()


def test_a_picture_becomes_a_latent(faces):
    row = zerosum.load(faces.folder).sample(seeds=[3], condition="dog")[0]
    heard: list[tuple[Any, ...]] = []
    asked = InvertAsked(picture=file_of(row), name="my cat.jpeg", space="z", condition="dog")
    answer = invert(faces, asked, lambda *news: heard.append(news))
    name = unquote(answer.headers["X-Kept"])
    assert name == "my-cat" and name in faces.kept()
    yours, nearby, found = np.split(pixels(answer), 3, axis=1)
    assert np.array_equal(yours, row)
    again = picture(faces, PictureAsked(place={"latent": {"seed": f"@{name}"}, "space": "z"}, lossless=True), deaf)
    assert np.array_equal(pixels(again), found)
    rms = [float(np.sqrt(np.square(one.astype(float) - row).mean())) for one in (found, nearby)]
    assert float(answer.headers["X-Error"]) == pytest.approx(rms[0], abs=0.01)
    assert float(answer.headers["X-Start-Error"]) == pytest.approx(rms[1], abs=0.01)
    assert len(heard) > 3 and all(done <= total for _, done, total in heard)


def test_a_search_can_be_ended(faces, tmp_path):
    stop = tmp_path / "stop"

    def hear(what: str, done: int, total: int) -> None:
        stop.touch()

    before = faces.kept()
    with pytest.raises(SettingError, match="was ended"):
        invert(faces, InvertAsked(picture=file_of(np.zeros((16, 16, 3), np.uint8)), stop=stop), hear)
    assert faces.kept() == before


def test_what_is_no_picture_is_refused(faces):
    with pytest.raises(DataError):
        invert(faces, InvertAsked(picture=b"no picture"), deaf)


def test_names_are_free():
    assert free_name("Grüße, Oma.png", []) == "Grüße--Oma"
    assert free_name("../../etc", []) == "etc" and free_name("...", []) == "picture"
    assert free_name("me.jpg", ["me", "me-2"]) == "me-3"
    assert len(free_name("x" * 300, [])) == 40


# ---- tables and points ---------------------------------------------------------------------------------------------


def test_rows_are_those_of_sample(people):
    found = rows(people, RowsAsked(count=20, seed=7), deaf)
    frame = zerosum.load(people.folder).sample(20, seed=7)
    assert found["columns"] == list(frame.columns) == ["age", "colour"]
    assert [[int(age), colour] for age, colour in found["rows"]] == frame.to_numpy().tolist()


def test_conditions_hold_in_every_row(people):
    found = rows(people, RowsAsked(count=100, condition="age >= 40 and colour = 'blue'"), deaf)
    assert len(found["rows"]) == 100 and found["tries"] >= 100
    assert all(int(age) >= 40 and colour == "blue" for age, colour in found["rows"])
    with pytest.raises(SettingError, match="colour"):
        rows(people, RowsAsked(condition="colour = 'green'"), deaf)
    with pytest.raises(SettingError, match="1,001 rows"):
        rows(people, RowsAsked(count=1001), deaf)


def test_files_have_the_rows_that_are_shown(people):
    shown = rows(people, RowsAsked(count=30, seed=3, condition="age < 30"), deaf)
    made = rows_file(people, RowsFileAsked(count=30, seed=3, condition="age < 30"), deaf)
    assert made.name == "00002-people-tabular-30-rows.csv"
    assert list(csv.reader(io.StringIO(made.data.decode()))) == [shown["columns"], *shown["rows"]]
    parquet = rows_file(people, RowsFileAsked(count=30, format="parquet"), deaf)
    assert parquet.data[:4] == b"PAR1"


def test_columns_are_compared_by_shares(people):
    found = columns(people, ColumnsAsked(count=500), deaf)
    assert found["real"] == len(people.trained) and found["fake"] == 500
    colour = next(one for one in found["columns"] if one["name"] == "colour")
    frame = zerosum.load(people.folder).sample(500, seed=0)
    generated = [float((frame["colour"] == level).mean()) for level in colour["labels"]]
    assert colour["fake"] == pytest.approx(generated)
    for panel in found["columns"]:
        assert sum(panel["real"]) == pytest.approx(1) and sum(panel["fake"]) == pytest.approx(1)
        assert len(panel["labels"]) == len(panel["real"]) == len(panel["fake"])


def test_columns_of_what_is_asked_for(people):
    found = columns(people, ColumnsAsked(count=200, condition="colour = 'red'"), deaf)
    colour = next(one for one in found["columns"] if one["name"] == "colour")
    shares = dict(zip(colour["labels"], zip(colour["real"], colour["fake"], strict=True), strict=True))
    assert shares == {"red": (1, 1), "blue": (0, 0)} and found["real"] < len(people.trained)


def test_rows_of_two_threads_do_not_count_each_others_tries(people):
    alone = rows(people, RowsAsked(count=200, condition="age > 60"), deaf)["tries"]
    other = threading.Thread(target=lambda: columns(people, ColumnsAsked(count=2000, condition="age < 25"), deaf))
    other.start()
    assert rows(people, RowsAsked(count=200, condition="age > 60"), deaf)["tries"] == alone
    other.join()


def test_points_are_those_of_sample(ring):
    found = points(ring, PointsAsked(count=50, seed=3, place={"latent": {"seed": 3}}), deaf)
    expected = zerosum.load(ring.folder).sample(seeds=range(3, 53))
    assert np.allclose(found["fake"], expected, atol=1e-4) and len(found["real"]) == 50
    assert found["place"] == found["fake"][0]
    real = np.asarray(ring.trained)
    for axis, (low, high) in enumerate(found["bounds"]):
        inside = (real[:, axis] > low) & (real[:, axis] < high)
        assert inside.mean() > 0.98 and low < high
    with pytest.raises(SettingError, match="5,001 points"):
        points(ring, PointsAsked(count=5001), deaf)
