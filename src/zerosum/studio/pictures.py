"""Pictures on their way to a page."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from starlette.responses import Response

from zerosum.core.errors import DataError

QUALITY = 85
"""Of JPEGs: a sheet of 8 x 8 pictures of 64 pixels takes 1.6 ms and 56 KiB, where a PNG takes 64 ms and 571 KiB."""

MOST_PIXELS = 64_000_000
"""Of a saved picture that is shown."""


def as_jpeg(path: Path) -> bytes:
    """A saved PNG as JPEG, on white where it is transparent.

    Raises:
        DataError: It is no PNG, or a huge one.
    """
    try:
        with Image.open(path, formats=["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise DataError(f"{path.name} has {image.width} x {image.height} pixels, too many to be shown.")
            return jpeg(image)
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for damaged files
        raise DataError(f"{path.name} cannot be shown: {error}.") from error


def jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    """A picture as JPEG, on white where it is transparent."""
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    data = BytesIO()
    image.convert("L" if image.mode in ("1", "L") else "RGB").save(data, "JPEG", quality=quality)
    return data.getvalue()


def png(image: Image.Image) -> bytes:
    """A picture as PNG, every pixel as it is."""
    data = BytesIO()
    image.save(data, "PNG", compress_level=1)
    return data.getvalue()


def kept(data: bytes, kind: str, for_ever: bool) -> Response:
    """An answer that a browser keeps, where its address changes with what it shows, or asks for again each time."""
    keep = "private, max-age=31536000, immutable" if for_ever else "no-cache"
    return Response(data, media_type=kind, headers={"Cache-Control": keep})
