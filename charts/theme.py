"""Colours and type of charts, read from .streamlit/config.toml: the one place where they are written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import plotly.graph_objects as go

CONFIG = Path(__file__).parents[1] / ".streamlit" / "config.toml"


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for, as #RRGGBB."""

    card: str
    page: str
    text: str
    muted: str
    border: str
    primary: str
    good: str
    bad: str
    warn: str
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    font: str
    dark: bool

    def tone(self, name: str) -> str:
        return {"good": self.good, "bad": self.bad}.get(name, self.muted)


@lru_cache(maxsize=2)
def theme(dark: bool) -> Theme:
    both = tomllib.loads(CONFIG.read_text("utf-8"))["theme"]
    own = both["dark" if dark else "light"]
    return Theme(
        card=own["backgroundColor"],
        page=own["secondaryBackgroundColor"],
        text=own["textColor"],
        muted=own["grayTextColor"],
        border=own["borderColor"],
        primary=own["primaryColor"],
        good=own["greenColor"],
        bad=own["redColor"],
        warn=own["orangeColor"],
        categorical=tuple(own["chartCategoricalColors"]),
        sequential=tuple(own["chartSequentialColors"]),
        diverging=tuple(own["chartDivergingColors"]),
        font=both["font"],
        dark=dark,
    )


@lru_cache(maxsize=2)
def template(dark: bool) -> go.layout.Template:
    """What every figure of ours is based on; Plotly's default changes when Streamlit is imported."""
    own = theme(dark)
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"color": own.muted, "size": 12},
        "gridcolor": own.border,
        "linecolor": own.border,
    }
    return go.layout.Template(
        layout={
            "font": {"family": own.font, "size": 12.5, "color": own.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": own.categorical,
            "colorscale": {
                "sequential": scale(own.sequential),
                "sequentialminus": scale(own.sequential),
                "diverging": scale(own.diverging),
            },
            "hoverlabel": {
                "bgcolor": own.card,
                "bordercolor": own.border,
                "font": {"family": own.font, "size": 12.5, "color": own.text},
                "align": "left",
            },
            "hovermode": "closest",
            "dragmode": False,
            "margin": {"l": 0, "r": 8, "t": 8, "b": 0, "pad": 4},
            "xaxis": axis,
            "yaxis": axis,
            "showlegend": False,
            "uniformtext": {"minsize": 10, "mode": "hide"},
        }
    )


def scale(colors: tuple[str, ...]) -> list[tuple[float, str]]:
    """Colours at equal steps from 0 to 1."""
    return [(i / (len(colors) - 1), color) for i, color in enumerate(colors)]


def see_through(color: str, share: float) -> str:
    """The colour with some of the background shining through."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def readable_on(color: str) -> str:
    """Black or white, whichever reads better on the colour."""
    return "#FFFFFF" if contrast("#FFFFFF", color) >= contrast("#131A2B", color) else "#131A2B"


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dim = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
