"""Charts of the learn rate. Each takes the frame of the table beside it; `urls` are what its marks lead to."""

import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.figures import theme
from gradus.core import formats

LABEL_LENGTH = 40
# The year only where it changes; few enough to stand level on a phone.
DAYS = {"tickformat": "%-d %b\n%Y", "tickangle": 0, "nticks": 5}


def shortened(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def plain(text: str) -> str:
    """A text without the few HTML tags Plotly would read in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def by_course(frame: pd.DataFrame, urls: list[str]) -> go.Figure:
    """Lying bars with the course's name above each, so that names are read on a phone too.

    Columns: title str, rate float64 (share), number int64 (of students).
    """
    places = list(range(len(frame)))
    bars = go.Bar(
        x=frame["rate"].tolist(),
        y=places,
        orientation="h",
        width=0.36,
        marker={"color": theme.FIRST},
        text=[_share(rate) for rate in frame["rate"]],
        textposition="outside",
        textfont={"color": theme.INK},
        cliponaxis=False,
        customdata=urls,
        hovertext=[
            ngettext("%(course)s<br>%(students)d student", "%(course)s<br>%(students)d students", students)
            % {"course": plain(title), "students": students}
            for title, students in zip(frame["title"], frame["number"], strict=True)
        ],
        hovertemplate="%{hovertext}<br>%{x:.1%}<extra></extra>",
    )
    names = [
        {"x": 0, "y": place, "yshift": 17, "text": plain(shortened(title)), "xanchor": "left", "showarrow": False}
        for place, title in zip(places, frame["title"], strict=True)
    ]
    layout = theme.layout(
        height=56 + 48 * max(1, len(frame)),
        margin={"l": 16, "r": 8, "t": 8, "b": 8},
        annotations=names,
        xaxis=theme.share_axis(range=[0, 1.14], tickvals=[0, 0.25, 0.5, 0.75, 1], side="bottom"),
        yaxis={
            **theme.AXIS,
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
            "range": [len(frame) - 0.4, -0.8],
        },
    )
    return go.Figure([bars], layout)


def by_week(frame: pd.DataFrame, urls: list[str]) -> go.Figure:
    """The learn rate as a line; below it, on the same weeks, the minutes watched for the first time.

    Columns: week datetime64, rate float64 (share), new int64 (seconds).
    """
    weeks = [str(week.date()) for week in frame["week"]]
    rate = go.Scatter(
        x=weeks,
        y=_or_none(frame["rate"]),
        mode="lines+markers",
        line={"color": theme.FIRST, "width": 2},
        marker={"color": theme.FIRST, "size": 7},
        customdata=urls,
        hovertemplate=_("Week of %{x}<br>%{y:.1%}") + "<extra></extra>",
    )
    minutes = go.Bar(
        x=weeks,
        y=(frame["new"] / 60).round(1).tolist(),
        yaxis="y2",
        marker={"color": theme.SECOND},
        customdata=urls,
        hovertemplate=_("Week of %{x}<br>%{y:,.0f} minutes watched") + "<extra></extra>",
    )
    layout = theme.layout(
        height=380,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        xaxis={**theme.AXIS, **DAYS, "type": "date", "showgrid": False, "anchor": "y2", "automargin": True},
        yaxis=theme.share_axis(domain=[0.38, 1], rangemode="tozero"),
        yaxis2={**theme.AXIS, "domain": [0, 0.24], "automargin": True, "nticks": 3, "rangemode": "tozero"},
        annotations=[_caption(_("Learn rate"), 1), _caption(_("Minutes watched for the first time"), 0.24)],
    )
    return go.Figure([rate, minutes], layout)


def distribution(frame: pd.DataFrame, urls: list[str]) -> go.Figure:
    """A histogram. Columns: name str (of the bin), lower and upper float64 (shares), students int64."""
    bars = go.Bar(
        x=((frame["lower"] + frame["upper"]) / 2).tolist(),
        y=frame["students"].tolist(),
        width=((frame["upper"] - frame["lower"]) * 0.94).tolist(),
        marker={"color": theme.FIRST},
        customdata=urls,
        hovertext=frame["name"].tolist(),
        hovertemplate=_("Learn rate %{hovertext}<br>%{y:,} students") + "<extra></extra>",
    )
    layout = theme.layout(
        height=320,
        margin={"l": 8, "r": 16, "t": 28, "b": 8},
        xaxis=theme.share_axis(range=[0, 1], showgrid=False, tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1]),
        yaxis={**theme.AXIS, "automargin": True, "rangemode": "tozero", "tickformat": ",d", "nticks": 5},
        annotations=[_caption(_("Students"), 1)],
    )
    return go.Figure([bars], layout)


def _caption(text: str, y: float) -> dict[str, object]:
    return {
        "text": text, "x": 0, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "yshift": 4, "showarrow": False, "font": {"color": theme.SOFT, "size": 12},
    }  # fmt: skip


def _share(rate: float) -> str:
    return "" if pd.isna(rate) else formats.percent(rate)


def _or_none(numbers: pd.Series) -> list[float | None]:
    return [None if pd.isna(number) else float(number) for number in numbers]
