"""How charts look: one style for all, in colours of the page, as SVG that a page can hold.

Charts are drawn with stand-in colours which become variables of the page's style sheet, so that one drawing
serves light and dark. Families of methods differ in colour and in shape: colour is never the only signal.
Palette: Okabe, Ito, "Color Universal Design" (2008), told apart by colour-blind eyes.
"""

import io
import re
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

POINTS_PER_INCH = 72.0  # a pixel of a drawing is a point of type
SCREEN_PIXELS_PER_INCH = 96.0  # of CSS

INK, QUIET_INK, GRID, SURFACE, FORBIDDEN = "#b00001", "#b00002", "#b00003", "#b00004", "#b00005"
_VARIABLES = {
    INK: "var(--ink)",
    QUIET_INK: "var(--quiet-ink)",
    GRID: "var(--grid)",
    SURFACE: "var(--surface)",
    FORBIDDEN: "var(--forbidden)",
}
STYLE = {
    "font.family": "sans-serif",
    "font.size": 8.5,
    "axes.edgecolor": GRID,
    "axes.labelcolor": QUIET_INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET_INK,
    "ytick.color": QUIET_INK,
    "text.color": INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "paceline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Methods of one kind, drawn alike."""

    name: str  # in the legend
    colour: str  # stand-in
    variable: str  # of the style sheet
    marker: str  # of matplotlib
    symbol: str  # of the same shape, for the page's legend


PREDICTIVE = Family(name="predictive", colour="#a00001", variable="--predictive", marker="o", symbol="●")
ONE_BY_ONE = Family(
    name="one line for each agent, or the agent dials", colour="#a00002", variable="--one-by-one",
    marker="D", symbol="◆",
)  # fmt: skip
RATIO = Family(name="fixed ratios", colour="#a00003", variable="--ratio", marker="s", symbol="■")
VICIDIAL = Family(
    name="VICIdial's servo and its relatives", colour="#a00004", variable="--servo", marker="^", symbol="▲"
)
OTHER = Family(name="other published methods", colour="#a00005", variable="--other", marker="v", symbol="▼")
FAMILIES = (PREDICTIVE, ONE_BY_ONE, RATIO, VICIDIAL, OTHER)
_BY_WORD = {
    "predictive": PREDICTIVE,
    "progressive": ONE_BY_ONE,
    "manual": ONE_BY_ONE,
    "preview": ONE_BY_ONE,
    "ratio": RATIO,
    "vicidial": VICIDIAL,
    "gated": VICIDIAL,
}
_VARIABLES.update({family.colour: f"var({family.variable})" for family in FAMILIES})
_STAND_IN = re.compile("|".join(_VARIABLES))


def family_of(label: str) -> Family:
    """Give the family of a method by the first word of its label."""
    return _BY_WORD.get(re.split(r"[ -]", label)[0], OTHER)


def new_figure(width_inches: float, height_inches: float) -> tuple[Figure, Axes]:
    """Give an empty chart of that size in the common style."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(width_inches, height_inches), dpi=POINTS_PER_INCH, layout="constrained")
        axes = figure.add_subplot()
    axes.tick_params(length=0)
    return figure, axes


def as_svg(figure: Figure, description: str) -> str:
    """Give the chart as an SVG element in the page's colours; `description` is what is read aloud."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    width = round(SCREEN_PIXELS_PER_INCH * figure.get_size_inches()[0])
    opening = f'<svg role="img" aria-label="{_attribute(description)}" style="width:{width}px" '
    svg = svg.replace("<svg ", opening, 1)
    return _STAND_IN.sub(lambda found: _VARIABLES[found.group()], svg)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
