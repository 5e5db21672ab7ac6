"""From the bytes of one picture file to one row of pixels, whatever the file's mode, size and orientation.

Pillow does the decoding. It is told which formats it may try: some of the others start programs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Literal

import numpy as np
from PIL import Image, ImageColor, ImageOps

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError

SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff",
    ".avif", ".apng", ".ppm", ".pgm", ".pbm", ".pnm",
)  # fmt: skip
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM")
LARGEST_PICTURE = 100_000_000  # pixels; more is either a mistake or an attempt to exhaust the memory
GREY_MODES = ("1", "L", "LA", "I", "I;16", "I;16L", "I;16B", "I;16N", "F")
_ORIENTATION = 0x0112  # EXIF tag; values 5 to 8 lay the picture on its side


@dataclass(frozen=True)
class Form:
    """What every picture of a set is brought to.

    Attributes:
        height: In pixels.
        width: In pixels.
        channels: 1, 3 or 4.
        fit: How a picture of another aspect is treated, as in `DataOptions`.
        background: Red, green, blue and opacity, 0 to 255.
    """

    height: int
    width: int
    channels: int
    fit: Literal["crop", "pad", "stretch"]
    background: tuple[int, int, int, int]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one row: (height, width, channels)."""
        return self.height, self.width, self.channels


@dataclass(frozen=True)
class Header:
    """What is known of a picture without decoding it.

    Attributes:
        sides: (height, width) in pixels, the way up that a person sees it.
        grey: Whether it is stored without colours.
    """

    sides: tuple[int, int]
    grey: bool


def background_of(options: DataOptions) -> tuple[int, int, int, int]:
    """The background colour as red, green, blue and opacity; an unknown colour is a `SettingError`."""
    try:
        red, green, blue, opacity = ImageColor.getcolor(options.background, "RGBA")  # type: ignore[misc]
    except ValueError:
        raise SettingError(
            f'--background is "{options.background}", which is not a colour; write a name such as "white" or a code '
            'such as "#ffcc00".'
        ) from None
    return red, green, blue, opacity


def read_header(data: bytes) -> Header:
    """Size and kind of the picture in a file's bytes.

    Raises:
        DataError: The bytes are not a picture, or it is too large. The message is the reason, without the file's name.
    """
    with _reasons(data), _open(data) as image:
        width, height = image.size
        # Reading the orientation takes longer than all the rest, and it changes nothing for a square.
        if width != height and image.getexif().get(_ORIENTATION, 1) >= 5:
            width, height = height, width
        return Header((height, width), image.mode in GREY_MODES)


def read_picture(data: bytes, form: Form) -> tuple[np.ndarray, bool]:
    """The picture in a file's bytes, brought to a form.

    Args:
        data: Content of the file.
        form: Size, channels and how to reach them.

    Returns:
        Pixels, shape (height, width, channels), uint8; and whether it is the first of several in an animation.

    Raises:
        DataError: The picture cannot be decoded. The message is the reason, without the file's name.
    """
    with _reasons(data), _open(data) as image:
        # The second picture of an MPO is a preview, not a movement.
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
        # A large JPEG can be decoded at 1/2, 1/4 or 1/8 of its size; twice the target leaves work for the filter.
        side = 2 * max(form.height, form.width)
        image.draft(None, (side, side))  # type: ignore[arg-type]
        return shape_picture(ImageOps.exif_transpose(image), form), animated


def shape_picture(image: Image.Image, form: Form) -> np.ndarray:
    """A Pillow image of any mode as pixels of a form, shape (height, width, channels), uint8."""
    image = _fitted(_in_channels(image, form), form)
    return np.asarray(image).reshape(form.shape)


def _open(data: bytes) -> Image.Image:
    if not data:
        raise DataError("the file is empty")
    image = Image.open(BytesIO(data), formats=_formats())
    width, height = image.size
    if width * height > LARGEST_PICTURE:
        image.close()
        raise DataError(f"it has {width} x {height} pixels, and at most {LARGEST_PICTURE:,} are allowed")
    return image


@cache
def _formats() -> tuple[str, ...]:
    """The formats that this Pillow was built with."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


@contextmanager
def _reasons(data: bytes) -> Iterator[None]:
    """Turn whatever Pillow raises for a damaged file, which is nearly every kind of exception, into a `DataError`."""
    try:
        yield
    except DataError:
        raise
    except Image.UnidentifiedImageError as error:
        raise DataError("it is not a picture in a known format") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"it has more than the allowed {LARGEST_PICTURE:,} pixels") from error
    except Exception as error:
        text = " ".join(str(error).split()).rstrip(".")
        raise DataError(f"it is damaged ({text or type(error).__name__}; {len(data):,} bytes)") from error


def _in_channels(image: Image.Image, form: Form) -> Image.Image:
    """The image as L, RGB or RGBA with 8 bits, laid over the background where transparency is not kept."""
    if image.mode == "F" or image.mode.startswith("I"):
        image = _in_bytes(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if form.channels == 4:
            return image
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*form.background[:3], 255)), image)
    elif image.mode not in GREY_MODES:
        image = image.convert("RGB")  # not every mode can become grey or RGBA directly
    return image.convert({1: "L", 3: "RGB", 4: "RGBA"}[form.channels])


def _in_bytes(image: Image.Image) -> Image.Image:
    """A grey image of 16 bits or of fractions as one of 8 bits; Pillow's own conversion would cut values off at 255."""
    values = np.asarray(image)
    low, high = values.min(), values.max()
    top, meaning = (1, "fractions") if image.mode == "F" else (65535, "whole numbers of 16 bits")
    if not (low >= 0 and high <= top):  # written so that NaN is refused as well
        raise DataError(f"its grey values reach from {low} to {high}; {meaning} from 0 to {top} are allowed")
    return Image.fromarray((values.astype(np.float64) * (255 / top)).round().astype(np.uint8))


def _fitted(image: Image.Image, form: Form) -> Image.Image:
    """The image at the form's size: its middle cut out, padded or stretched."""
    target = form.width, form.height
    if image.size == target:
        return image
    width, height = image.size
    if form.fit == "stretch":
        return image.resize(target, Image.Resampling.LANCZOS)
    if form.fit == "crop":
        shrink = min(width / form.width, height / form.height)
        wide, tall = form.width * shrink, form.height * shrink
        left, top = max(0.0, (width - wide) / 2), max(0.0, (height - tall) / 2)
        box = left, top, min(left + wide, width), min(top + tall, height)
        return image.resize(target, Image.Resampling.LANCZOS, box=box)
    grow = min(form.width / width, form.height / height)
    wide = min(form.width, max(1, round(width * grow)))
    tall = min(form.height, max(1, round(height * grow)))
    paper = Image.new("RGBA", target, form.background).convert(image.mode)
    paper.paste(
        image.resize((wide, tall), Image.Resampling.LANCZOS), ((form.width - wide) // 2, (form.height - tall) // 2)
    )
    return paper


def is_picture(name: str) -> bool:
    """Whether a file's name ends like that of a picture."""
    return name[name.rfind(".") :].lower() in SUFFIXES
