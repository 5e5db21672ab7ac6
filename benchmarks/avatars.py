"""Draws a labelled set of faces: pictures and a metadata.csv with what each of them has.

    pip install python-avatars resvg-py
    python benchmarks/avatars.py FOLDER --count 4000

The drawings are made of parts by the package python_avatars (MIT); parts and colours are drawn independently of each
other, so that every combination of attributes occurs.
"""

import argparse
import csv
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import python_avatars as parts  # type: ignore[import-not-found]
import resvg_py  # type: ignore[import-not-found]
from PIL import Image

HAIR = {"black": "#2c1b18", "blond": "#e9cf7e", "red": "#c93305", "grey": "#d6d6d6", "blue": "#3f6fd8"}
SKIN = {"light": "#f5d0b0", "brown": "#c68642", "dark": "#6b4226"}
LONG = ("BIG_HAIR", "BOB", "CURVY", "LONG_NOT_TOO_LONG", "MIA_WALLACE", "STRAIGHT_STRAND")
SHORT = ("SHORT_FLAT", "SHORT_ROUND", "SHORT_WAVED", "CAESAR", "CAESAR_SIDE_PART", "SHORT_CURLY", "SHAGGY_MULLET")
GLASSES = ("PRESCRIPTION_1", "PRESCRIPTION_2", "ROUND")
BEARDS = ("BEARD_MEDIUM", "BEARD_MAGESTIC", "BEARD_LIGHT")
CLOTHES = ("HOODIE", "SHIRT_CREW_NECK", "SHIRT_V_NECK", "BLAZER_SHIRT", "COLLAR_SWEATER", "OVERALL")


def face(random: Random) -> tuple[dict[str, str], str]:
    """What one face has, and its drawing as SVG."""
    said = {
        "hair": random.choice(list(HAIR)),
        "skin": random.choice(list(SKIN)),
        "long_hair": random.choice(["yes", "no"]),
        "glasses": random.choice(["yes", "no"]),
        "beard": random.choice(["yes", "no"]),
        "smile": random.choice(["yes", "no"]),
    }

    def pick(kind: Any, names: tuple[str, ...]) -> Any:
        return kind[random.choice(names)]

    avatar = parts.Avatar(
        style=parts.AvatarStyle.TRANSPARENT,
        top=pick(parts.HairType, LONG if said["long_hair"] == "yes" else SHORT),
        hair_color=HAIR[said["hair"]],
        facial_hair_color=HAIR[said["hair"]],
        skin_color=SKIN[said["skin"]],
        accessory=pick(parts.AccessoryType, GLASSES if said["glasses"] == "yes" else ("NONE",)),
        facial_hair=pick(parts.FacialHairType, BEARDS if said["beard"] == "yes" else ("NONE",)),
        mouth=pick(parts.MouthType, ("BIG_SMILE",) if said["smile"] == "yes" else ("SERIOUS", "SAD")),
        clothing=pick(parts.ClothingType, CLOTHES),
        clothing_color=random.choice(list(parts.ClothingColor)),
        eyes=pick(parts.EyeType, ("DEFAULT", "HAPPY", "SIDE", "SQUINT")),
        eyebrows=pick(parts.EyebrowType, ("DEFAULT", "ANGRY", "RAISED_EXCITED", "FLAT_NATURAL")),
    )
    return said, avatar.render()


def draw(svg: str, side: int) -> Image.Image:
    """The head of a drawing on white, square."""
    drawn = Image.open(BytesIO(resvg_py.svg_to_bytes(svg_string=svg, width=4 * side, background="#ffffff")))
    middle, reach = drawn.width // 2, int(drawn.width * 0.36)
    top = int(drawn.height * 0.04)
    return drawn.convert("RGB").crop((middle - reach, top, middle + reach, top + 2 * reach)).resize((side, side))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--size", type=int, default=64)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True)
    random = Random(0)
    faces = [face(random) for _ in range(arguments.count)]

    def write(number: int) -> None:
        draw(faces[number][1], arguments.size).save(arguments.folder / f"{number:05d}.png")

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, range(arguments.count)))
    with (arguments.folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["file_name", *faces[0][0]])
        table.writeheader()
        table.writerows({"file_name": f"{number:05d}.png"} | said for number, (said, _) in enumerate(faces))


if __name__ == "__main__":
    main()
