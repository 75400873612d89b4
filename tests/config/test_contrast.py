"""Every pair of colours a text may stand in keeps WCAG AA, in light and in dark."""

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "config/static/css/tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});")

TEXT_PAIRS = [
    ("ink", "paper"), ("ink", "ground"), ("ink", "leaf-soft"), ("ink", "warm-soft"), ("ink", "refuse-soft"),
    ("ink-soft", "paper"), ("ink-soft", "ground"), ("paper", "ink-soft"),
    ("on-leaf", "leaf"), ("on-leaf", "leaf-strong"), ("on-refuse", "refuse"), ("on-refuse", "refuse-text"),
    ("leaf-text", "paper"), ("leaf-text", "ground"), ("leaf-text", "leaf-soft"),
    ("warm-text", "paper"), ("warm-text", "warm-soft"),
    ("refuse-text", "paper"), ("refuse-text", "refuse-soft"),
    # A link inside a coloured row of a desk table.
    ("leaf-text", "warm-soft"), ("leaf-text", "refuse-soft"), ("ink-soft", "warm-soft"), ("ink-soft", "refuse-soft"),
]  # fmt: skip
SHAPE_PAIRS = [
    ("line-strong", "paper"), ("line-strong", "ground"), ("leaf", "paper"), ("warm", "paper"), ("refuse", "paper"),
    *[(f"route-{number}", "leaf-soft") for number in range(1, 7)],
]  # fmt: skip


def themes() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.split("prefers-color-scheme: dark", 1)
    day = dict(COLOUR.findall(light))
    return {"light": day, "dark": day | dict(COLOUR.findall(dark))}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_of_black_on_white_is_the_known_number():
    assert contrast("#000000", "#ffffff") == 21


def test_both_themes_define_every_colour():
    light, dark = TOKENS.split("prefers-color-scheme: dark", 1)

    assert set(dict(COLOUR.findall(dark))) == set(dict(COLOUR.findall(light)))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(theme, text, ground):
    colours = themes()[theme]

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_borders_bars_and_routes_can_be_told_from_their_ground(theme, shape, ground):
    colours = themes()[theme]

    assert contrast(colours[shape], colours[ground]) >= 3
