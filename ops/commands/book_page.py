"""The page of the book is one file: its charts are inline SVG, and it runs no script and loads nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.etree import ElementTree

import pygal
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from pygal.style import Style

from rules.cash import CYCLE_DAYS, ExpectedCash
from rules.portfolio import Bucket, Portfolio

_LOCALE = "en_IN"

# The values above the bars have room in a chart of at most five bars.
FEW = 5

LAKH, CRORE = Decimal(10**5), Decimal(10**7)

# The page's own colours, so that one drawing serves light and dark.
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="var(--ink)",
    foreground_strong="var(--ink)",
    foreground_subtle="var(--line)",
    guide_stroke_color="var(--line)",
    major_guide_stroke_color="var(--line)",
    guide_stroke_dasharray="1,0",
    major_guide_stroke_dasharray="1,0",
    font_family="system-ui, sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    value_font_size=13,
    legend_font_size=14,
    opacity="1",
    stroke_opacity="0",
    colors=("var(--first)", "var(--second)"),
    value_colors=("var(--ink)", "var(--ink)"),
)


def rupees(amount: Decimal) -> str:
    """₹ 1,23,456.78: thousands, then pairs of digits."""
    return f"₹ {format_decimal(amount, '#,##,##0.00', _LOCALE)}"


def grouped(number: int | Decimal) -> str:
    """12,34,567: a whole number in the same groups."""
    return format_decimal(number, "#,##,##0", _LOCALE)


def rounded_rupees(amount: Decimal) -> str:
    """₹ 12.3 crore: a rounded amount, for an axis or above a bar."""
    for unit, name in ((CRORE, " crore"), (LAKH, " lakh")):
        if amount >= unit:
            units = amount / unit
            return f"₹ {format_decimal(units, '0.#', _LOCALE) if units < 100 else grouped(units)}{name}"
    return f"₹ {grouped(amount.quantize(Decimal(1), ROUND_HALF_UP))}"


def page(portfolio: Portfolio, expected: ExpectedCash, lender: str = "") -> str:
    """The whole page as HTML, with the lender in one line at its end."""
    return _TEMPLATE.render(portfolio=portfolio, expected=expected, lender=lender, cycle_days=CYCLE_DAYS)


def _drawing(name: str, caption: str, labels: Sequence[str], series: Mapping[str, Sequence[Decimal]]) -> Markup:
    svg = _bars(name, labels, series).render_tree()
    _clear(svg)
    title = svg.find("title")
    assert title is not None, "the library titles its drawings"
    title.text = caption
    title.set("id", f"title-{name}")
    svg.set("role", "img")
    svg.set("aria-labelledby", f"title-{name}")
    return Markup(ElementTree.tostring(svg, encoding="unicode"))


def _bars(name: str, labels: Sequence[str], series: Mapping[str, Sequence[Decimal]]) -> pygal.Bar:
    stacked, few = len(series) > 1, len(labels) <= FEW
    chart = (pygal.StackedBar if stacked else pygal.Bar)(
        style=_STYLE,
        width=620 if few else 1060,
        height=380,
        margin=10,
        include_x_axis=True,
        max_scale=6,
        rounded_bars=0 if stacked else 2,
        truncate_label=-1,
        show_legend=stacked,
        legend_at_bottom=True,
        print_values=few,
        print_values_position="top",
        value_formatter=lambda value: rounded_rupees(Decimal(value)),
    )
    chart.uuid = name  # otherwise the same book would make another page each time
    chart.x_labels = labels
    for legend, values in series.items():
        chart.add(legend, values)
    return chart


def _clear(svg: ElementTree.Element) -> None:
    """Remove pygal's script and comments. A `title` replaces the script's tooltip: browsers show it by themselves."""
    for parent in list(svg.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag == "script":
                parent.remove(child)
        if parent.get("class") == "bar":
            texts = [child.text or "" for child in parent if child.get("class") in {"x_label", "value"}]
            for child in parent.findall("desc"):
                parent.remove(child)
            ElementTree.SubElement(parent, "title").text = ": ".join(reversed(texts))


def _days(bucket: Bucket) -> str:
    if bucket.last_day is None:
        return f"over {bucket.first_day - 1}"
    return str(bucket.first_day) if bucket.first_day == bucket.last_day else f"{bucket.first_day}–{bucket.last_day}"


def _day(day: date, month: str = "%B %Y") -> str:
    return f"{day.day} {day.strftime(month)}"


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"rupees": rupees, "grouped": grouped, "days": _days, "day": _day, "month": date.strftime}
    environment.globals["drawing"] = _drawing
    return environment.get_template("book_page.html")


_TEMPLATE = _template()
