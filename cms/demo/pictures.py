"""Plain illustrations instead of photographs: nobody's field is shown as if it were these people's."""

import math
import random
from functools import cache
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 960, 720
LABEL = "演示示意图"
FONT = "400Regular/NotoSansSC_400Regular.ttf"

Colour = tuple[int, int, int]
LONG, ROUND, LEAF, EAR, HEAP = "long", "round", "leaf", "ear", "heap"
# Shape, colour of the produce, colour of its marks.
LOOKS: dict[str, tuple[str, Colour, Colour]] = {
    "sigua": (LONG, (96, 150, 62), (62, 108, 40)),
    "kugua": (LONG, (132, 178, 92), (88, 140, 60)),
    "jiangdou": (LONG, (110, 160, 70), (80, 130, 50)),
    "qiezi": (LONG, (86, 52, 110), (60, 34, 82)),
    "donggua": (LONG, (112, 150, 118), (150, 180, 150)),
    "lajiao": (LONG, (222, 178, 48), (180, 130, 30)),
    "xianyumi": (EAR, (238, 202, 92), (206, 162, 52)),
    "huangtao": (ROUND, (244, 178, 80), (224, 118, 74)),
    "xigua": (ROUND, (70, 126, 66), (34, 78, 42)),
    "jidan": (ROUND, (232, 200, 164), (214, 174, 134)),
    "shengjiang": (HEAP, (216, 180, 112), (176, 136, 76)),
    "kongxincai": (LEAF, (82, 150, 74), (54, 116, 52)),
    "maodou": (LONG, (120, 172, 80), (84, 136, 54)),
}
GROUNDS: tuple[Colour, ...] = ((238, 232, 218), (228, 234, 224), (240, 236, 228), (226, 226, 218))


VARIANTS = 3


@cache
def draw_produce(slug: str, variant: int) -> bytes:
    """A JPEG of the produce on a plain ground, labelled as an illustration; the same variant is the same picture."""
    rng = random.Random(f"{slug} {variant}")  # noqa: S311 - a drawing, not a secret
    shape, colour, mark = LOOKS.get(slug, (ROUND, (150, 160, 90), (110, 120, 60)))
    picture = Image.new("RGB", (WIDTH, HEIGHT), rng.choice(GROUNDS))
    items = [_item(shape, _shade(colour, rng), mark, rng) for _n in range(4)]
    for n in range({LONG: 7, ROUND: 9, LEAF: 12, EAR: 6, HEAP: 8}[shape]):
        item = items[n % len(items)]
        # Around the middle on a golden spiral: spread out, never on one heap.
        turn, far = n * 2.4, 90 * math.sqrt(n)
        x = WIDTH // 2 + int(math.cos(turn) * far * 1.5) + rng.randint(-20, 20)
        y = HEIGHT // 2 + int(math.sin(turn) * far * 0.9) + rng.randint(-20, 20)
        _put(picture, item, x, y)
    _label(picture)
    written = BytesIO()
    picture.save(written, "JPEG", quality=88)
    return written.getvalue()


def _item(shape: str, colour: Colour, mark: Colour, rng: random.Random) -> Image.Image:
    item = Image.new("RGBA", (640, 640), (0, 0, 0, 0))
    pen = ImageDraw.Draw(item)
    if shape in (LONG, EAR):
        _long(pen, colour, mark, 62 if shape == LONG else 74, dotted=shape == EAR)
        return item.rotate(rng.uniform(-35, 35) + 15, resample=Image.Resampling.BILINEAR)
    if shape == LEAF:
        pen.ellipse((200, 90, 440, 470), fill=colour)
        pen.line((320, 100, 320, 600), fill=mark, width=12)
        return item.rotate(rng.uniform(0, 360), resample=Image.Resampling.BILINEAR)
    radius = rng.randint(110, 140)
    pen.ellipse((320 - radius, 320 - radius, 320 + radius, 320 + radius), fill=colour)
    pen.arc((320 - radius // 2, 320 - radius, 320 + radius // 2, 320 + radius), 280, 80, fill=mark, width=10)
    pen.ellipse((320 - radius // 2, 320 - radius // 2, 320 - radius // 6, 320 - radius // 6), fill=_lighter(colour))
    return item.rotate(rng.uniform(0, 360), resample=Image.Resampling.BILINEAR)


def _long(pen: ImageDraw.ImageDraw, colour: Colour, mark: Colour, half: int, *, dotted: bool) -> None:
    """A body with a stalk; ridges run along it, or grains stand in rows."""
    top, bottom = 320 - half, 320 + half
    pen.line((40, 320, 110, 320), fill=mark, width=22)
    pen.rounded_rectangle((90, top, 590, bottom), radius=half, fill=colour)
    if dotted:
        for x in range(140, 560, 34):
            for y in range(top + 24, bottom - 10, 30):
                pen.ellipse((x, y, x + 20, y + 20), fill=mark)
        return
    for y in range(top + half // 2, bottom - half // 4, half // 2):
        pen.line((130, y, 550, y), fill=mark, width=6)


def _put(picture: Image.Image, item: Image.Image, x: int, y: int) -> None:
    """With a soft shadow under it, blurred small: the eye cannot tell and it costs a tenth."""
    alpha = item.getchannel("A")
    soft = alpha.resize((160, 160)).point(lambda a: a * 90 // 255).filter(ImageFilter.GaussianBlur(3))
    shadow = Image.new("RGBA", item.size, (60, 50, 30, 0))
    shadow.putalpha(soft.resize(item.size))
    at = (x - item.width // 2, y - item.height // 2)
    picture.paste(shadow, (at[0] + 10, at[1] + 16), shadow)
    picture.paste(item, at, item)


def _label(picture: Image.Image) -> None:
    font = ImageFont.truetype(str(settings.PDF_FONTS_DIR / FONT), 28)
    ImageDraw.Draw(picture).text((WIDTH - 20, HEIGHT - 16), LABEL, font=font, fill=(90, 84, 70), anchor="rs")


def _shade(colour: Colour, rng: random.Random) -> Colour:
    by = rng.randint(-14, 14)
    return tuple(max(0, min(255, part + by)) for part in colour)  # type: ignore[return-value]


def _lighter(colour: Colour) -> Colour:
    return tuple(min(255, part + 28) for part in colour)  # type: ignore[return-value]
