"""A plot is a self-contained SVG, without scripts, external style sheets or fonts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pygal
from pygal.style import CleanStyle


def lines(
    file: Path, *, title: str, x_title: str, y_title: str, series: Mapping[str, Sequence[tuple[float, float]]]
) -> None:
    """Draw lines through points (x, y) on logarithmic axes."""
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
    # pygal's tooltips need a script, which a browser does not run in an image.
    for parent in list(drawing.iter()):
        for script in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(script)
    file.write_text(ElementTree.tostring(drawing, encoding="unicode"))
