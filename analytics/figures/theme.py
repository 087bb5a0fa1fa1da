"""How every chart looks. Colours and type are named by design token and resolved in the browser, so that a chart
follows the page from light to dark without being asked for again.
"""

import json
from typing import Any

import plotly.graph_objects as go

INK = "var(--ink)"
SOFT = "var(--ink-soft)"
LINE = "var(--line)"
SURFACE = "var(--surface)"
# Told apart by lightness as well as by hue, so also in grey and by colour-blind eyes.
FIRST = "var(--brand)"
SECOND = "var(--tone-info)"
CLEAR = "rgba(0,0,0,0)"

AXIS = {"gridcolor": LINE, "linecolor": LINE, "zerolinecolor": LINE, "tickfont": {"color": SOFT}, "fixedrange": True}


def layout(**more: Any) -> go.Layout:
    return go.Layout(
        {
            "template": "none",
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "font": {"family": "var(--sans)", "size": 13, "color": INK},
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "showlegend": False,
            "bargap": 0.25,
            "dragmode": False,
            "hoverlabel": {"bgcolor": SURFACE, "bordercolor": LINE, "font": {"color": INK}},
            **more,
        }
    )


def share_axis(**more: Any) -> dict[str, Any]:
    return {**AXIS, "range": [0, 1.05], "tickformat": ".0%", "automargin": True, **more}


def as_json(figure: go.Figure) -> dict[str, Any]:
    """Plain JSON values, as `json_script` takes them."""
    plain: dict[str, Any] = json.loads(figure.to_json())
    return plain
