"""Photographs as they come from a phone, made safe and small before any model or storage sees them.

Here: which pictures are accepted, and the two JPEG files kept of each. Not here: where the files are stored,
how they are named, who may see them. Nothing of the original survives except its pixels: the picture is
decoded, turned upright, brought to sRGB, painted on a fresh white canvas and encoded again.
"""

import re
import struct
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

MAX_UPLOAD_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 200
MAX_SIDE_RATIO = 10
FULL_SIDE = 1280
CARD_SIZE = (480, 360)
JPEG_QUALITY = 82

# A progressive JPEG of 15 MB can repeat a hundred thousand nearly empty scans over 50 megapixels: hours of
# work for the decoder. Cameras and editors write about ten.
MAX_JPEG_SCANS = 64
MAX_ICC_BYTES = 4 * 1024 * 1024

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_JPEG_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SENTENCES = {
    "empty": _("照片是空的，请重新选一张"),
    "too_large": _("照片超过 %(megabytes)d MB，请在手机里选小一点的尺寸再传"),
    "wrong_type": _("这个文件不是能用的照片，请上传 JPG、PNG、WebP 或 HEIC 格式的照片"),
    "animated": _("动图不能用，请上传一张静止的照片"),
    "too_many_pixels": _("照片的像素太多（最多 %(pixels)d 万），请用手机的普通拍照模式重拍一张"),
    "too_small": _("照片太小，看不清楚：宽和高都至少要 %(side)d 像素，请传原图"),
    "too_narrow": _("照片太长太窄，请裁剪后再传，或者重拍一张"),
    "broken": _("照片打不开，可能没有传完整；请重新传一次，或者重拍一张"),
}
_LIMITS = {"megabytes": MAX_UPLOAD_BYTES // 2**20, "pixels": MAX_PIXELS // 10_000, "side": MIN_SIDE}


class PhotoError(ValueError):
    """A picture we do not keep. The text is a translated sentence for the farmer; `code` is for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(_SENTENCES[self.code]) % _LIMITS


@dataclass(frozen=True)
class CleanPhoto:
    """The two JPEG files kept of one photograph, sRGB, without metadata. Sizes in pixels."""

    full: bytes
    card: bytes
    width: int
    height: int
    card_width: int
    card_height: int


def clean_photo(upload: BinaryIO | bytes) -> CleanPhoto:
    """Decode a JPEG, PNG, WebP or HEIC picture and return it upright, small and without metadata.

    `full` has at most 1280 px on its longer side and is never enlarged; `card` is always 480×360, cut from
    the middle. Decided by content, never by name.
    Raises: PhotoError.
    """
    picture = _decode(_read(upload))
    full = picture.copy()
    full.thumbnail((FULL_SIDE, FULL_SIDE), Image.Resampling.LANCZOS)
    card = ImageOps.fit(picture, CARD_SIZE, Image.Resampling.LANCZOS)
    return CleanPhoto(_encode(full), _encode(card), *full.size, *card.size)


def _read(upload: BinaryIO | bytes) -> bytes:
    if isinstance(upload, bytes):
        content = upload
    else:
        if upload.seekable():
            upload.seek(0)
        content = upload.read(MAX_UPLOAD_BYTES + 1)
    if not content:
        raise PhotoError("empty")
    if len(content) > MAX_UPLOAD_BYTES:
        raise PhotoError("too_large")
    return content


def _decode(content: bytes) -> Image.Image:
    """Return the picture upright in sRGB on a fresh canvas, large enough for both kept sizes."""
    kind = _kind(content)
    if kind == "JPEG" and _scan_count(content) > MAX_JPEG_SCANS:
        raise PhotoError("broken")
    try:
        with Image.open(BytesIO(content), formats=[kind]) as opened:
            _check_header(opened, kind)
            return _pixels(opened)
    except PhotoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError("too_many_pixels") from None
    except Exception as error:
        # Hostile bytes make the decoders raise nearly anything.
        raise PhotoError("broken") from error


def _kind(content: bytes) -> str:
    """Return Pillow's name of the format by the first bytes. Raises: PhotoError."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content.startswith((b"GIF87a", b"GIF89a")):
        raise PhotoError("animated")
    if content[4:8] == b"ftyp":
        box = content[8 : min(int.from_bytes(content[:4]), 256)]
        if _HEIF_BRANDS & {box[at : at + 4] for at in range(0, len(box), 4)}:
            _register_heif()
            return "HEIF"
    raise PhotoError("wrong_type")


@cache
def _register_heif() -> None:
    # Imported late: the library is large, and most processes never see a HEIC file.
    from pillow_heif import register_heif_opener  # noqa: PLC0415

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def _scan_count(jpeg: bytes) -> int:
    """Count the scans of the first picture in the file; what follows its end marker is never decoded."""
    count, at = 0, 2
    while found := _JPEG_MARKER.search(jpeg, at):
        marker, at = found[1][0], found.end()
        if marker == 0xD9:
            break
        if marker in (0x01, 0xD8):
            continue
        count += marker == 0xDA
        at += int.from_bytes(jpeg[at : at + 2])
    return count


def _check_header(image: Image.Image, kind: str) -> None:
    """Refuse by what the header claims, before a pixel is decoded. Raises: PhotoError."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PhotoError("too_many_pixels")
    if min(width, height) < MIN_SIDE:
        raise PhotoError("too_small")
    if max(width, height) > MAX_SIDE_RATIO * min(width, height):
        raise PhotoError("too_narrow")
    # A HEIC or a JPEG with several frames is a burst, a depth map or a preview: its first is the photograph.
    if kind in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise PhotoError("animated")


def _pixels(opened: Image.Image) -> Image.Image:
    size = _working_size(*opened.size)
    if opened.format in ("JPEG", "MPO"):
        opened.draft(None, size)
    opened.load()
    profile = opened.info.get("icc_profile")
    turn = _turn(opened)
    image = _eight_bit(opened)
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _on_white(image, profile)
    return image if turn is None else image.transpose(turn)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return what turns the picture upright. Damaged EXIF is no reason to lose a good photograph."""
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except (SyntaxError, struct.error, OSError, ValueError, TypeError, LookupError):
        return None


def _working_size(width: int, height: int) -> tuple[int, int]:
    """Return the smallest size from which both kept sizes can be cut; never larger than the original."""
    longer, shorter = max(width, height), min(width, height)
    scale = min(1.0, max(FULL_SIDE / longer, max(CARD_SIZE) / shorter))
    return round(width * scale), round(height * scale)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Return the image in L, RGB, RGBA or CMYK: the modes that can be resized well."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.point(lambda value: value * (1 / 256) + 0).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "1"):
        return image.convert("L")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _on_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    canvas = Image.new("RGB", image.size, "white")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    if image.mode == "RGBA":
        image = image.convert("RGB")
    canvas.paste(_to_srgb(image, profile), mask=alpha)
    return canvas


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded colour profile; one that is damaged or does not fit is left out."""
    if not profile or len(profile) > MAX_ICC_BYTES:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB")
    return converted if converted is not None else image.convert("RGB")


def _encode(image: Image.Image) -> bytes:
    image.info.clear()
    out = BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
    return out.getvalue()
