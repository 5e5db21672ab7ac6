"""What failures look like: one picture of the last samples of sabotaged trainings, for docs/stability.md.

python benchmarks/doctor.py --only warn --keep /tmp/suite
python benchmarks/failures.py /tmp/suite/warn
"""

import argparse
from pathlib import Path

from PIL import Image

from zerosum.drawing.canvas import Canvas

SHOWN = {
    "digits-light": "healthy: digits",
    "handful-pictures": "partial-collapse",
    "no-latent-pictures": "mode-collapse",
    "late-pictures": "late-collapse",
    "checkered-pictures": "checkerboard",
    "discriminator-rate-30-pictures": "overpowering-discriminator",
    "weak-discriminator-pictures": "weak-discriminator",
    "saturated-pictures": "vanishing-gradient",
    "ring-r3gan": "healthy: ring",
    "circling-points": "oscillation",
    "handful-points": "partial-collapse",
    "late-points": "late-collapse",
}
"""Which cases, and what the doctor calls them."""

COLUMNS, SIDE, GAP, LABEL = 4, 240, 16, 26
OUT = Path(__file__).parents[1] / "docs" / "pictures" / "failures.png"


def crop(sheet: Image.Image) -> Image.Image:
    """The upper left quarter of a sheet of pictures; the whole of a plane without its legend."""
    side = sheet.width if sheet.height > sheet.width else sheet.width // 2
    return sheet.convert("RGB").crop((0, 0, side, side))


def main() -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, help="the folder with the runs")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rows = -(-len(SHOWN) // COLUMNS)
    canvas = Canvas(COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + LABEL + GAP) + GAP)
    for number, (case, label) in enumerate(SHOWN.items()):
        left = GAP + number % COLUMNS * (SIDE + GAP)
        top = GAP + number // COLUMNS * (SIDE + LABEL + GAP)
        sheet = max((arguments.runs / f"{case}-{arguments.seed}" / "samples").glob("*.png"))
        canvas.text((left, top + LABEL - 8), label, 14)
        canvas.picture((left, top + LABEL, left + SIDE, top + LABEL + SIDE), crop(Image.open(sheet)))
    canvas.image().save(OUT)


if __name__ == "__main__":
    main()
