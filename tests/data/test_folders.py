"""Folders and archives: which files count, what is known of them, and what is said when they are wrong."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.data import open_dataset


def zipped(folder: Path, inside: str = "") -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, f"{inside}{file.relative_to(folder)}")
    return path


def gradient(value: int, size: tuple[int, int] = (16, 16), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, value if mode == "L" else (value, 0, 0))


def test_sub_folders_are_classes(pictures) -> None:
    pictures(4, prefix="cats")
    folder = pictures(2, prefix="birds/small")
    for source in (folder, zipped(folder), zipped(folder, "my pets/")):
        dataset = open_dataset(source)
        assert dataset.space.classes == ("birds", "cats") and dataset.labels.tolist() == [0, 0, 1, 1, 1, 1]
        assert dataset.space.frequencies == (2 / 6, 4 / 6)
        assert dataset.name == "pictures" and dataset.source == str(source)


def test_pictures_outside_of_sub_folders_mean_no_classes(pictures) -> None:
    pictures(2, prefix="cats")
    dataset = open_dataset(pictures(3))
    assert len(dataset) == 5 and dataset.labels is None


def test_splits_are_not_classes(pictures) -> None:
    pictures(2, prefix="train/cat")
    folder = pictures(2, prefix="test/cat")
    with pytest.raises(DataError, match="divided into test and train.*pictures/train"):
        open_dataset(folder)
    assert len(open_dataset(folder / "train")) == 2


def test_only_pictures_count(pictures) -> None:
    folder = pictures(3)
    (folder / ".hidden.png").write_bytes(b"")
    (folder / ".thumbnails").mkdir()
    shutil.copy(folder / "000.png", folder / ".thumbnails" / "a.png")
    shutil.copy(folder / "000.png", folder / "UPPER.PNG")
    (folder / "notes.txt").write_text("x")
    dataset = open_dataset(folder)
    assert len(dataset) == 4 and dataset.notes == ("Left out because they are not pictures: 1 files (1 .txt).",)


def test_links_are_followed_and_loops_end(pictures, tmp_path: Path) -> None:
    elsewhere = pictures(3, folder="elsewhere")
    folder = pictures(2, prefix="cats")
    (folder / "dogs").symlink_to(elsewhere)
    (folder / "dogs" / "loop").symlink_to(folder)
    assert open_dataset(folder).space.classes == ("cats", "dogs")
    (folder / "dogs" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(DataError, match="dogs/gone.png cannot be used: it cannot be opened"):
        open_dataset(folder)


def test_sizes(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(3):
        gradient(number, (20, 30)).save(folder / f"{number}.png")
    assert open_dataset(folder).space.shape == (3, 30, 20)
    assert open_dataset(folder, DataOptions(size="32x48")).space.shape == (3, 32, 48)
    gradient(9, (21, 30)).save(folder / "9.png")
    assert open_dataset(folder).space.shape == (3, 64, 64)
    for file in folder.iterdir():
        gradient(1, (129, 129)).save(file)
    assert open_dataset(folder).space.shape == (3, 64, 64)


def test_channels(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(3):
        gradient(number, mode="L").save(folder / f"{number}.png")
    dataset = open_dataset(folder)
    assert dataset.space.shape == (1, 16, 16) and dataset.rows[:, 0, 0, 0].tolist() == [0, 1, 2]
    gradient(1).save(folder / "color.png")
    assert open_dataset(folder).space.shape == (3, 16, 16)
    assert open_dataset(folder, DataOptions(channels=4)).space.shape == (4, 16, 16)


def csv_of(folder: Path, text: str) -> Path:
    (folder / "metadata.csv").write_text(text, encoding="utf-8-sig")
    return folder


def test_metadata_csv(pictures) -> None:
    pictures(2, prefix="sub")
    folder = csv_of(
        pictures(2),
        'file_name,label,text,other\n001.png,dog,"a dog,\nasleep",1\n./000.png,cat,,2\nsub/000.png,cat,c,3\n',
    )
    for source in (folder, zipped(folder), zipped(folder, "top/")):
        dataset = open_dataset(source)
        assert dataset.space.classes == ("cat", "dog") and dataset.labels.tolist() == [0, 1, 0]
        assert dataset.texts == ("", "a dog,\nasleep", "c")
        assert dataset.notes == ("Left out because they have no row in metadata.csv: 1 of 4 pictures.",)


def test_metadata_jsonl(pictures) -> None:
    folder = pictures(3)
    rows = [{"file_name": f"00{n}.png", "label": n % 2 + 9, "text": str(n)} for n in (2, 0, 1)]
    (folder / "metadata.jsonl").write_text("\n\n".join(map(json.dumps, rows)))
    dataset = open_dataset(folder)
    assert dataset.space.classes == ("9", "10") and dataset.labels.tolist() == [0, 1, 0]
    assert dataset.texts == ("0", "1", "2") and np.array_equal(dataset.rows, open_dataset(pictures(3)).rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file_name\n", "has no rows"),
        ("name\n000.png\n", 'line 2, has no "file_name"'),
        ("file_name\n000.png\nlost.png\n", "line 3, names lost.png, but there is no such picture"),
        ("file_name\n../000.png\n", "no such picture"),
        ("file_name\n000.png\n000.png\n", "a second time"),
        ("file_name,label\n000.png,a\n001.png,\n", "labels 001.png with ''"),
    ],
)
def test_wrong_metadata_csv(pictures, text, message) -> None:
    with pytest.raises(DataError, match=message) as caught:
        open_dataset(csv_of(pictures(3), text))
    assert "metadata.csv" in str(caught.value)


@pytest.mark.parametrize(
    "line", ["[1]", "{", '{"file_name": 3}', '{"file_name": "000.png", "text": 3}', "\xff\xfe", "[" * 99999]
)
def test_wrong_metadata_jsonl(pictures, line) -> None:
    folder = pictures(3)
    (folder / "metadata.jsonl").write_bytes(line.encode("latin1"))
    with pytest.raises(DataError, match="metadata.jsonl"):
        open_dataset(folder)
    csv_of(folder, "file_name\n000.png\n")
    with pytest.raises(DataError, match="keep one of them"):
        open_dataset(folder)


def test_empty_folders(tmp_path: Path, pictures) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("x")
    with pytest.raises(DataError, match=r"holds no pictures \(1 .txt\).*\.png"):
        open_dataset(tmp_path / "empty")
    with pytest.raises(DataError, match="too few samples: 1, and"):
        open_dataset(pictures(1))
    with pytest.raises(DataError, match="is one picture; give the folder"):
        open_dataset(pictures(1) / "000.png")


@pytest.mark.parametrize("damage", ["empty", "truncated", "text", "locked"])
def test_bad_files(pictures, damage) -> None:
    folder = pictures(5)
    path = folder / "003.png"
    if damage == "locked":
        if os.geteuid() == 0:
            pytest.skip("nothing is locked for the administrator")
        path.chmod(0)
    else:
        path.write_bytes({"empty": b"", "truncated": path.read_bytes()[:-300], "text": b"hello"}[damage])
    for options in (DataOptions(), DataOptions(size="16", channels=3)):
        with pytest.raises(DataError, match="003.png cannot be used: .*--skip-bad to leave it out"):
            open_dataset(folder, options)
    for _ in range(2):  # decoded, and from the cache
        dataset = open_dataset(folder, DataOptions(skip_bad=True))
        assert len(dataset) == 4 and dataset.notes == (
            "Left out because they cannot be read: 1 of 5 pictures (003.png).",
        )
    (folder / "003.png").unlink()
    assert np.array_equal(dataset.rows, open_dataset(folder).rows)


def test_only_bad_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in "xyz":
        (tmp_path / "a" / f"{name}.png").write_bytes(b"no")
    with pytest.raises(DataError, match="no picture that can be read. The first of them is x.png"):
        open_dataset(tmp_path / "a", DataOptions(skip_bad=True))


def test_bad_files_keep_classes_and_captions_in_step(pictures) -> None:
    folder = csv_of(pictures(4), "file_name,label,text\n000.png,a,0\n001.png,b,1\n002.png,a,2\n003.png,b,3\n")
    (folder / "001.png").write_bytes(b"")
    dataset = open_dataset(folder, DataOptions(skip_bad=True))
    assert dataset.labels.tolist() == [0, 0, 1] and dataset.texts == ("0", "2", "3")


def test_animations_are_noted(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    gradient(1).save(tmp_path / "a" / "0.png")
    gradient(1).save(tmp_path / "a" / "1.gif", save_all=True, append_images=[gradient(200)])
    assert open_dataset(tmp_path / "a").notes == ("Animated files, of which only the first picture is used: 1.",)


def test_unknown_background(pictures) -> None:
    with pytest.raises(SettingError, match="--background"):
        open_dataset(pictures(), DataOptions(background="plaid"))


def test_damaged_archives(pictures, tmp_path: Path) -> None:
    path = zipped(pictures(4))
    whole = path.read_bytes()
    for data in (b"", b"hello", whole[:-100]):
        path.write_bytes(data)
        with pytest.raises(DataError, match="pictures.zip cannot be read as a zip archive"):
            open_dataset(path)
    garbled = bytearray(whole)
    garbled[60:200] = bytes(140)  # inside of the first picture
    path.write_bytes(garbled)
    with pytest.raises(DataError, match="000.png cannot be used: it cannot be unpacked.*--skip-bad"):
        open_dataset(path)
    assert len(open_dataset(path, DataOptions(skip_bad=True))) == 3


def test_an_archive_is_never_unpacked_and_never_believed(pictures, tmp_path: Path, monkeypatch) -> None:
    path = zipped(pictures(3))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil.png", (tmp_path / "pictures" / "000.png").read_bytes())
        archive.writestr("__MACOSX/._000.png", b"x")
    before = {file for file in tmp_path.parent.rglob("*") if "cache" not in file.parts}
    assert len(open_dataset(path)) in (3, 4)
    assert {file for file in tmp_path.parent.rglob("*") if "cache" not in file.parts} == before
    monkeypatch.setattr("zerosum.data.sources.LARGEST_FILE", 100)
    with pytest.raises(DataError, match="and at most 100 are allowed"):
        open_dataset(path, DataOptions(size="32"))


def test_a_zip_bomb_is_one_bad_file(pictures) -> None:
    path = zipped(pictures(3))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.ppm", b"P6 12000 12000 255\n" + bytes(20_000_000))
    dataset = open_dataset(path, DataOptions(skip_bad=True))
    assert len(dataset) == 3 and "bomb.ppm" in dataset.notes[0]
