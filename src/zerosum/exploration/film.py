"""Frames as a film that every player plays: H.264 in an MP4 file."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from zerosum.core.errors import SettingError

CODECS = ("libx264", "mpeg4")
"""What frames are compressed by, the first one that is there."""


def write_film(path: Path, frames: Sequence[Image.Image], rate: float) -> None:
    """Write frames, all of one size, as MP4.

    Args:
        path: Where to; its suffix does not matter.
        frames: Pillow images of any mode; transparency becomes white.
        rate: Frames a second.

    Raises:
        SettingError: PyAV, which compresses them, is not installed.
    """
    try:
        import av
    except ImportError:
        raise SettingError(
            "Films are written with PyAV, which is not installed: pip install 'zerosum[video]'. A .gif needs nothing."
        ) from None
    codec = next(name for name in CODECS if name in av.codecs_available)
    with av.open(str(path), "w", format="mp4") as film:
        stream = film.add_stream(codec, Fraction(rate).limit_denominator(1000))
        assert isinstance(stream, av.VideoStream)
        # Colours are kept for squares of four pixels, so sides have to be even.
        stream.width, stream.height = (side + side % 2 for side in frames[0].size)
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            pixels = np.asarray(_on_white(frame))
            height, width = pixels.shape[:2]
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(stream.encode())


def _on_white(frame: Image.Image) -> Image.Image:
    if not frame.has_transparency_data:
        return frame.convert("RGB")
    paper = Image.new("RGBA", frame.size, "white")
    paper.alpha_composite(frame.convert("RGBA"))
    return paper.convert("RGB")
