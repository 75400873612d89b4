"""What happens to a photograph between a farmer's phone and the shelf: `market.photos`."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pillow_heif
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from market import photos
from market.photos import CleanPhoto, PhotoError, clean_photo

pillow_heif.register_heif_opener()

PLANTED = b"PLANTED-SECRET"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>PLANTED-SECRET</a></x:xmpmeta>'
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]
RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 160, 20), (20, 20, 230), (250, 250, 250)
# How a camera that reports this orientation stored a picture that was upright.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def corners(width: int = 640, height: int = 420) -> Image.Image:
    """A picture whose quarters are red, green (above), blue, white (below)."""
    image = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), RED)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), BLUE)
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(BytesIO(jpeg))
    image.load()
    return image


def is_near(found: tuple, expected: tuple, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


def quarters(jpeg: bytes) -> list[tuple]:
    image = opened(jpeg)
    right, below = image.width - 20, image.height - 20
    return [image.getpixel(at) for at in ((20, 20), (right, 20), (20, below), (right, below))]


def exif_with_gps(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLANTED.decode()
    exif[0x010F] = PLANTED.decode()
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (23.0, 7.0, 12.0), 3: "E", 4: (113.0, 15.0, 9.0), 28: PLANTED})
    return exif


def segments(jpeg: bytes) -> list[int]:
    """The markers of the JPEG's segments up to its first scan."""
    found, at = [], 2
    while jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return found


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def refused(upload) -> str:
    with pytest.raises(PhotoError) as caught:
        clean_photo(upload)
    return caught.value.code


@pytest.mark.parametrize("kind", FORMATS)
def test_picture_of_each_format_becomes_two_jpegs(kind):
    photo = clean_photo(encoded(corners(1600, 1200), kind))

    assert (photo.width, photo.height) == opened(photo.full).size == (1280, 960)
    assert (photo.card_width, photo.card_height) == opened(photo.card).size == (480, 360)
    for jpeg in (photo.full, photo.card):
        assert opened(jpeg).format == "JPEG"
        assert opened(jpeg).mode == "RGB"
        assert opened(jpeg).info["progressive"]
        assert all(map(is_near, quarters(jpeg), [RED, GREEN, BLUE, WHITE]))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((200, 200), (200, 200)),
        ((1280, 1280), (1280, 1280)),
        ((3000, 1500), (1280, 640)),
        ((1500, 3000), (640, 1280)),
        ((4000, 400), (1280, 128)),
    ],
)
def test_full_is_never_enlarged_and_card_has_one_size(size, expected):
    photo = clean_photo(encoded(corners(*size), "PNG"))

    assert opened(photo.full).size == expected
    assert opened(photo.card).size == (480, 360)


def test_card_is_cut_from_the_middle():
    wide = Image.new("RGB", (1200, 300), RED)
    wide.paste(BLUE, (400, 0, 800, 300))

    photo = clean_photo(encoded(wide, "PNG"))

    assert all(is_near(colour, BLUE) for colour in quarters(photo.card))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_turned_upright(kind, orientation):
    stored = corners() if STORED[orientation] is None else corners().transpose(STORED[orientation])

    photo = clean_photo(encoded(stored, kind, exif=exif_with_gps(orientation)))

    assert (photo.width, photo.height) == (640, 420)
    assert all(map(is_near, quarters(photo.full), [RED, GREEN, BLUE, WHITE]))
    assert all(map(is_near, quarters(photo.card), [RED, GREEN, BLUE, WHITE]))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_upright_once(orientation):
    stored = corners() if STORED[orientation] is None else corners().transpose(STORED[orientation])

    photo = clean_photo(encoded(stored, "HEIF", exif=exif_with_gps(orientation).tobytes()))

    assert (photo.width, photo.height) == (640, 420)
    assert all(map(is_near, quarters(photo.full), [RED, GREEN, BLUE, WHITE]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_with_damaged_exif_is_kept(kind):
    photo = clean_photo(encoded(corners(), kind, exif=b"Exif\0\0not a directory of tags"))

    assert (photo.width, photo.height) == (640, 420)


def with_metadata(kind: str) -> bytes:
    image, exif = corners(), exif_with_gps(6)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if kind == "JPEG":
        content = encoded(image, kind, exif=exif, xmp=XMP, comment=PLANTED, icc_profile=icc)
    elif kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", PLANTED.decode())
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        content = encoded(image, kind, exif=exif, pnginfo=text, icc_profile=icc)
    elif kind == "WEBP":
        content = encoded(image, kind, exif=exif, xmp=XMP, icc_profile=icc)
    else:
        content = encoded(image, kind, exif=exif.tobytes(), xmp=XMP, icc_profile=icc)
    return content + b"<script>" + PLANTED + b"</script>PK\x03\x04"


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_of_the_metadata_survives(kind):
    original = with_metadata(kind)
    assert original.count(PLANTED) >= 3

    photo = clean_photo(original)

    for jpeg in (photo.full, photo.card):
        assert PLANTED not in jpeg
        assert b"<script>" not in jpeg
        assert b"Exif" not in jpeg
        assert b"xmp" not in jpeg.lower()
        assert b"ICC_PROFILE" not in jpeg
        # Only the JFIF header, tables and the frame: no other application segment and no comment.
        assert set(segments(jpeg)) <= {0xE0, 0xDB, 0xC2, 0xC4}
        assert jpeg.endswith(b"\xff\xd9")
        assert dict(opened(jpeg).getexif()) == {}
        assert set(opened(jpeg).info) == {
            "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression",
        }  # fmt: skip


def test_transparency_becomes_white():
    see_through = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    grey_key = encoded(Image.new("L", (300, 300), 7), "PNG", transparency=7)
    palette = encoded(see_through.quantize(4), "PNG")

    for upload in (
        encoded(see_through, "PNG"),
        encoded(see_through, "WEBP", lossless=True),
        grey_key,
        palette,
    ):
        assert opened(clean_photo(upload).full).getpixel((150, 150)) == (255, 255, 255)


def test_every_colour_mode_becomes_rgb():
    grey16 = Image.new("I;16", (300, 300), 0x8000)
    uploads = {
        "1": (encoded(Image.new("1", (300, 300), 1), "PNG"), (255, 255, 255)),
        "L": (encoded(Image.new("L", (300, 300), 128)), (128, 128, 128)),
        "LA": (encoded(Image.new("LA", (300, 300), (128, 255)), "PNG"), (128, 128, 128)),
        "P": (encoded(corners(300, 300).quantize(8), "PNG"), None),
        "I;16": (encoded(grey16, "PNG"), (128, 128, 128)),
        "CMYK": (encoded(Image.new("CMYK", (300, 300), (0, 255, 255, 0))), (255, 0, 0)),
    }

    for upload, expected in uploads.values():
        image = opened(clean_photo(upload).full)
        assert image.mode == "RGB"
        assert expected is None or is_near(image.getpixel((250, 250)), expected, by=3)


def test_colour_profile_is_applied_and_dropped():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Swapping the red and blue primaries in a copy of sRGB makes a profile whose use cannot be overlooked.
    swapped = srgb.replace(b"rXYZ", b"tmp_").replace(b"bXYZ", b"rXYZ").replace(b"tmp_", b"bXYZ")
    red = Image.new("RGB", (300, 300), (255, 0, 0))

    def shown(profile: bytes) -> tuple:
        return opened(clean_photo(encoded(red, "PNG", icc_profile=profile)).full).getpixel((150, 150))

    assert is_near(shown(srgb), (255, 0, 0), by=4)
    assert is_near(shown(swapped), (0, 0, 255), by=4)
    assert is_near(shown(b"not a profile"), (255, 0, 0), by=4)
    assert is_near(shown(lab), (255, 0, 0), by=4)


def test_grey_picture_with_a_colour_profile_stays_grey():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload = encoded(Image.new("L", (300, 300), 90), icc_profile=srgb)

    assert is_near(opened(clean_photo(upload).full).getpixel((9, 9)), (90, 90, 90), by=3)


def test_file_object_is_read_from_its_start():
    upload = BytesIO(encoded(corners()))
    upload.read()

    assert isinstance(clean_photo(upload), CleanPhoto)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_truncated_picture_is_refused(kind, share):
    noisy = Image.effect_noise((400, 400), 90).convert("RGB")
    content = encoded(noisy, kind)

    assert refused(content[: int(len(content) * share)]) == "broken"


def test_bombs_are_refused_by_their_header():
    assert refused(png_claiming(60_000, 60_000)) == "too_many_pixels"
    assert refused(png_claiming(10_001, 10_000)) == "too_many_pixels"
    assert refused(png_claiming(8_000, 6_251)) == "too_many_pixels"
    webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\x3f\0" * 2
    assert refused(webp) in {"too_many_pixels", "broken"}


def test_jpeg_with_endless_scans_is_refused(monkeypatch):
    progressive = encoded(corners(), progressive=True)
    scans = photos._scan_count(progressive)
    assert 2 <= scans <= 12

    monkeypatch.setattr(photos, "MAX_JPEG_SCANS", scans - 1)

    assert refused(progressive) == "broken"


def test_bytes_after_the_picture_are_not_counted_as_scans():
    # Some cameras end with a marker that has no length before the end marker.
    picture = encoded(corners())
    assert photos._scan_count(picture[:-2] + b"\xff\x01\xff\xd9") == photos._scan_count(picture)
    motion_photo = picture + b"\xff\xda\x00\x02" * 1000

    assert isinstance(clean_photo(motion_photo), CleanPhoto)


def test_size_of_the_upload_is_limited():
    picture = encoded(corners())
    padding = photos.MAX_UPLOAD_BYTES - len(picture)

    assert isinstance(clean_photo(picture + bytes(padding)), CleanPhoto)
    assert refused(picture + bytes(padding + 1)) == "too_large"
    assert refused(BytesIO(bytes(16 * 1024 * 1024))) == "too_large"


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7\n%%EOF",
        b"PK\x03\x04" + bytes(100),
        b"BM" + bytes(100),
        b"II*\0" + bytes(100),
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(100),
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(100),
        "照片".encode(),
    ],
)
def test_file_of_another_type_is_refused(content):
    assert refused(content) == "wrong_type"


def test_moving_pictures_are_refused():
    frames = {"save_all": True, "append_images": [Image.new("RGB", (640, 420))], "duration": 100}

    assert refused(encoded(corners(), "GIF")) == "animated"
    assert refused(encoded(corners(), "PNG", **frames)) == "animated"
    assert refused(encoded(corners(), "WEBP", **frames)) == "animated"


def test_first_picture_of_a_jpeg_with_several_is_kept():
    several = encoded(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (640, 420))])

    assert all(map(is_near, quarters(clean_photo(several).full), [RED, GREEN, BLUE, WHITE]))


def test_too_small_and_too_narrow_pictures_are_refused():
    assert refused(encoded(corners(400, 199))) == "too_small"
    assert refused(encoded(corners(2200, 210))) == "too_narrow"


def test_empty_upload_is_refused():
    assert refused(b"") == "empty"
    assert refused(BytesIO()) == "empty"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("too_large", "照片超过 15 MB，请在手机里选小一点的尺寸再传"),
        ("too_many_pixels", "照片的像素太多（最多 5000 万），请用手机的普通拍照模式重拍一张"),
        ("too_small", "照片太小，看不清楚：宽和高都至少要 200 像素，请传原图"),
    ],
)
def test_refusal_says_the_limit(code, sentence):
    assert str(PhotoError(code)) == sentence


def clean_or_refuse(content: bytes) -> None:
    with suppress(PhotoError):
        clean_photo(content)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic"]), st.binary())
@example(b"RIFF\x16\0\0\0WEBPVP8X", b"")
def test_random_bytes_are_refused_and_nothing_worse(start, rest):
    clean_or_refuse(start + rest)


ORIGINALS = {kind: encoded(corners(240, 220), kind) for kind in FORMATS}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FORMATS), st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_damaged_pictures_are_kept_or_refused_and_nothing_worse(kind, at, damage):
    content = ORIGINALS[kind]
    at %= len(content)

    clean_or_refuse(content[:at] + damage + content[at + len(damage) :])
