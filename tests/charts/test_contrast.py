"""Colours of .streamlit/config.toml: contrast by WCAG 2.2 AA, and told apart by the colour-blind."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from charts.theme import CONFIG, contrast, readable_on, theme

THEME = tomllib.loads(CONFIG.read_text("utf-8"))["theme"]
BOTH = pytest.mark.parametrize("side", ["light", "dark"])
CARDS = ("backgroundColor", "secondaryBackgroundColor")
# Simulation of colour blindness in linear RGB at full severity: Machado, Oliveira and Fernandes (2009).
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}


@BOTH
@pytest.mark.parametrize("ground", CARDS)
@pytest.mark.parametrize("ink", ["textColor", "grayTextColor", "primaryColor", "linkColor"])
def test_text_is_readable_on_cards_and_page(side, ground, ink):
    assert contrast(THEME[side][ink], THEME[side][ground]) >= 4.5


@BOTH
@pytest.mark.parametrize("color", ["gray", "blue", "green", "red", "orange"])
def test_text_is_readable_on_its_tint_and_on_cards(side, color):
    colors = THEME[side]
    for ground in (f"{color}BackgroundColor", *CARDS):
        assert contrast(colors[f"{color}TextColor"], colors[ground]) >= 4.5, ground


@BOTH
def test_text_is_readable_in_the_sidebar_and_in_table_heads(side):
    colors, beside = THEME[side], THEME[side]["sidebar"]
    for ground in (beside["backgroundColor"], beside["secondaryBackgroundColor"]):
        assert contrast(colors["textColor"], ground) >= 4.5
    assert contrast(colors["dataframeHeaderTextColor"], colors["dataframeHeaderBackgroundColor"]) >= 4.5


@BOTH
def test_what_is_drawn_stands_out_from_the_card(side):
    own = theme(side == "dark")
    drawn = (*own.categorical, own.good, own.bad, own.warn, own.muted)
    assert min(contrast(color, own.card) for color in drawn) >= 3


@BOTH
def test_numbers_are_readable_in_every_cell_of_a_heat_map(side):
    own = theme(side == "dark")
    cells = (*own.sequential, *own.diverging)
    assert min(contrast(readable_on(color), color) for color in cells) >= 4.0


@BOTH
def test_each_list_of_chart_colours_has_ten(side):
    own = theme(side == "dark")
    assert [len(colors) for colors in (own.categorical, own.sequential, own.diverging)] == [10, 10, 10]


@BOTH
@pytest.mark.parametrize("eyes", EYES)
def test_colours_are_told_apart_by_everyone(side, eyes):
    colors = theme(side == "dark").categorical
    seen = [_oklab(EYES[eyes] @ _linear(color)) for color in colors]
    near = {(i, j): float(np.linalg.norm(seen[i] - seen[j])) for i, j in combinations(range(10), 2)}
    assert min(near.values()) >= 0.06
    assert min(apart for (_, j), apart in near.items() if j < 6) >= 0.07


def test_fonts_lie_beside_the_app_with_their_licences():
    static = Path(CONFIG).parents[1] / "ui" / "static"
    for face in THEME["fontFaces"]:
        assert face["url"].startswith("app/static/")
        assert (static / Path(face["url"]).name).stat().st_size > 10_000
    assert {"OFL-inter.txt", "OFL-noto-sans-sc.txt"} <= {file.name for file in static.iterdir()}


def _linear(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _oklab(linear: np.ndarray) -> np.ndarray:
    """Björn Ottosson's OKLab (2020)."""
    cones = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(linear, 0, 1)
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ cones
    )
