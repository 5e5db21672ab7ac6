"""Every mode, orientation and shape of picture against numbers worked out by hand."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.data.images import Form, background_of, read_header, read_picture

WHITE = (255, 255, 255, 255)


def encoded(image: Image.Image, format: str = "PNG", **options) -> bytes:
    file = BytesIO()
    image.save(file, format=format, **options)
    return file.getvalue()


def form(height: int, width: int, channels: int, fit="crop", background=WHITE) -> Form:
    return Form(height, width, channels, fit, background)


def decode(data: bytes, channels: int, side: int = 8, background=WHITE) -> np.ndarray:
    return read_picture(data, form(side, side, channels, background=background))[0]


def plain(mode: str, color) -> bytes:
    return encoded(Image.new(mode, (8, 8), color))


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [
        ("1", 1, [255, 255, 255]),
        ("L", 77, [77, 77, 77]),
        ("LA", (0, 51), [204, 204, 204]),  # 20% of black over white
        ("RGB", (10, 20, 30), [10, 20, 30]),
        ("RGBA", (255, 0, 0, 0), [255, 255, 255]),
        ("RGBA", (255, 0, 0, 102), [255, 153, 153]),  # 40% of red over white
        ("I;16", 257 * 90, [90, 90, 90]),
    ],
)
def test_colors_of_each_mode(mode, color, expected) -> None:
    pixels = decode(plain(mode, color), 3)
    assert pixels.dtype == np.uint8 and pixels.shape == (8, 8, 3)
    assert np.all(pixels == expected)


def test_sixteen_bits_are_scaled_and_rounded_not_cut_off() -> None:
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1040
    expected = np.round(values / 65535 * 255).astype(np.uint8)
    assert np.array_equal(decode(encoded(Image.fromarray(values)), 1)[..., 0], expected)
    wide = Image.fromarray(values.astype(np.int32))
    assert np.array_equal(decode(encoded(wide, "TIFF"), 1)[..., 0], expected)


def test_fractions_are_scaled_and_others_refused() -> None:
    fractions = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    assert np.array_equal(
        decode(encoded(Image.fromarray(fractions), "TIFF"), 1)[..., 0], np.round(fractions * 255).astype(np.uint8)
    )
    for wrong in (fractions * 2, fractions - 1, np.full_like(fractions, np.nan)):
        with pytest.raises(DataError, match="fractions from 0 to 1 are allowed"):
            decode(encoded(Image.fromarray(wrong), "TIFF"), 1)


def test_palette_with_a_transparent_color() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    assert np.all(decode(encoded(image), 3) == [200, 100, 50])
    assert np.all(decode(encoded(image, transparency=1), 3) == 255)
    assert np.all(decode(encoded(image, transparency=1), 3, background=(1, 2, 3, 255)) == [1, 2, 3])
    assert np.all(decode(encoded(image, transparency=1), 4)[..., 3] == 0)


def test_cmyk() -> None:
    cyan = encoded(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "TIFF")
    assert np.all(decode(cyan, 3) == [0, 255, 255])
    assert np.all(decode(cyan, 4) == [0, 255, 255, 255])
    jpeg = encoded(Image.new("CMYK", (16, 16), (0, 0, 0, 0)), "JPEG", quality=95)
    assert np.all(decode(jpeg, 3).astype(int) >= 250)


def test_transparency_is_kept_with_four_channels_and_opaque_without() -> None:
    assert np.all(decode(plain("RGBA", (9, 8, 7, 6)), 4) == [9, 8, 7, 6])
    assert np.all(decode(plain("L", 5), 4) == [5, 5, 5, 255])


def test_one_channel_is_the_usual_luma() -> None:
    assert np.all(decode(plain("RGB", (255, 0, 0)), 1) == 76)  # 0.299 of red
    assert np.all(decode(plain("RGBA", (0, 0, 0, 0)), 1) == 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation) -> None:
    upright = np.arange(8 * 16, dtype=np.uint8).reshape(8, 16)
    stored = {  # how a camera that was held so would store the upright picture
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: upright.T[::-1],
        7: upright.T[::-1, ::-1],
        8: upright.T[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), exif=exif)
    assert read_header(data).sides == (8, 16)
    assert np.array_equal(read_picture(data, form(8, 16, 1))[0][..., 0], upright)


def stripes(width: int, height: int) -> bytes:
    """Left quarter red, middle half green, right quarter blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 4, 0] = pixels[:, width // 4 : -width // 4, 1] = pixels[:, -width // 4 :, 2] = 255
    return encoded(Image.fromarray(pixels))


def test_crop_keeps_the_middle() -> None:
    wide, _ = read_picture(stripes(32, 16), form(16, 16, 3))
    assert np.all(wide == [0, 255, 0])
    taller, _ = read_picture(stripes(32, 16), form(16, 24, 3))  # cuts 4 of 32 columns off each side
    assert np.all(taller[:, :3] == [255, 0, 0]) and np.all(taller[:, -3:] == [0, 0, 255])


def test_pad_shows_everything_on_the_background() -> None:
    padded, _ = read_picture(stripes(32, 16), form(16, 16, 3, "pad", (9, 9, 9, 255)))
    assert np.all(padded[:4] == 9) and np.all(padded[-4:] == 9)
    assert np.all(padded[4:-4, 0] == [255, 0, 0]) and np.all(padded[4:-4, -1] == [0, 0, 255])
    clear, _ = read_picture(stripes(32, 16), form(16, 16, 4, "pad", (255, 255, 255, 0)))
    assert np.all(clear[:4, :, 3] == 0) and np.all(clear[4:-4, :, 3] == 255)


def test_stretch_distorts() -> None:
    narrow, _ = read_picture(stripes(32, 16), form(16, 8, 3, "stretch"))
    assert np.all(narrow[:, 0] == narrow[0, 0]) and narrow[0, 0, 0] > 240
    assert narrow[0, -1, 2] > 240 and narrow[0, 4, 1] > 240


def test_shrinking_averages() -> None:
    checkered = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = decode(encoded(Image.fromarray(checkered)), 1)
    assert np.all(np.abs(pixels.astype(int) - 127) <= 2)


def test_invisible_colors_do_not_bleed_when_shrinking() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, :32] = [255, 0, 0, 255]
    pixels[:, 32:] = [0, 255, 0, 0]
    small = decode(encoded(Image.fromarray(pixels)), 4)
    assert np.all(small[small[..., 3] > 0][:, 1] <= 1)


def test_a_large_jpeg_is_decoded_small_and_stays_itself() -> None:
    gradient = np.broadcast_to(np.linspace(0, 255, 1024).astype(np.uint8), (1024, 1024))
    pixels = decode(encoded(Image.fromarray(gradient), "JPEG", quality=95), 1, 16)
    assert np.all(np.abs(pixels[:, :, 0].astype(int) - (np.arange(16) * 16 + 8)) <= 3)


@pytest.mark.parametrize(("mode", "grey"), [("1", True), ("L", True), ("LA", True), ("I;16", True), ("RGB", False)])
def test_header(mode, grey) -> None:
    header = read_header(encoded(Image.new(mode, (9, 12))))
    assert header.sides == (12, 9) and header.grey is grey


def test_animation_gives_its_first_picture() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    for format in ("GIF", "WEBP", "PNG"):
        data = encoded(
            frames[0],
            format,
            save_all=True,
            append_images=frames[1:],
            **({"lossless": True} if format == "WEBP" else {}),
        )
        pixels, animated = read_picture(data, form(8, 8, 3))
        assert animated and np.all(pixels == [255, 0, 0])


def test_too_many_pixels_are_refused_before_decoding() -> None:
    header = b"P5 20000 20000 255\n"
    for read in (read_header, lambda data: decode(data, 1)):
        with pytest.raises(DataError, match="pixels"):
            read(header)


def test_programs_are_never_started() -> None:
    with pytest.raises(DataError, match="not a picture in a known format"):
        read_header(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n")


def test_background() -> None:
    assert background_of(DataOptions(background="#ffcc0080")) == (255, 204, 0, 128)
    with pytest.raises(SettingError, match="not a colour"):
        background_of(DataOptions(background="whitish"))
