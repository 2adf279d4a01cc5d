"""A plot is an SVG that needs nothing but itself: no script, no style sheet, no font from elsewhere."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pygal
from pygal.style import CleanStyle


def lines(
    file: Path, *, title: str, x_title: str, y_title: str, series: Mapping[str, Sequence[tuple[float, float]]]
) -> None:
    """Draw lines through points (x, y) on axes of powers of ten."""
    chart = pygal.XY(
        style=CleanStyle(font_family="sans-serif", background="white", plot_background="white"),
        title=title,
        x_title=x_title,
        y_title=y_title,
        width=800,
        height=480,
        logarithmic=True,
        legend_at_bottom=True,
        no_prefix=True,
    )
    for name, points in series.items():
        chart.add(name, points)
    drawing = chart.render_tree()
    # Its tooltips are for a page that loads a script; nobody runs one in a picture.
    for parent in list(drawing.iter()):
        for script in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(script)
    file.write_text(ElementTree.tostring(drawing, encoding="unicode"))
