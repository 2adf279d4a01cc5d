"""The page of the book is one file: its charts are inline SVG, and it runs no script and loads nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from rules.portfolio import CYCLE_DAYS, Bucket, ExpectedCash, Portfolio

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

_CSS = """
:root { color-scheme: light dark; --ground: #fbfaf8; --ink: #1d2330; --quiet: #5d6575; --line: #dcdad5;
  --first: #2f6f8f; --second: #d9903d; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171d; --ink: #e8e6e1; --quiet: #a0a7b4; --line: #353b47;
  --first: #63a9c9; --second: #e0a35c; } }
body { margin: 2rem auto; max-width: 68rem; padding: 0 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; } h2 { margin: 3rem 0 .25rem; font-size: 1.25rem; }
p { margin: .25rem 0 1rem; color: var(--quiet); max-width: 46rem; }
dl { display: flex; flex-wrap: wrap; gap: 1rem 3rem; margin: 1.5rem 0; }
dt { color: var(--quiet); } dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); }
figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; display: block; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap;
  font-variant-numeric: tabular-nums; } th { font-weight: 600; } :is(th, td):first-child { text-align: left; }
@media print { h2, figure, tr { break-inside: avoid; } body { margin: 0; } }
"""


def rupees(amount: Decimal) -> str:
    """₹ 1,23,456.78: thousands, then pairs of digits."""
    whole, _, paise = f"{amount:.2f}".partition(".")
    return f"₹ {grouped(int(whole))}.{paise}"


def grouped(number: int) -> str:
    """12,34,567: the last three digits, and pairs before them."""
    digits = str(number)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])


def about(amount: Decimal) -> str:
    """₹ 12.3 crore: a rounded amount, for an axis or above a bar."""
    for unit, name in ((CRORE, " crore"), (LAKH, " lakh")):
        if amount >= unit:
            return f"₹ {_short(amount / unit)}{name}"
    return f"₹ {grouped(int(amount.quantize(Decimal(1), ROUND_HALF_UP)))}"


def page(portfolio: Portfolio, expected: ExpectedCash) -> str:
    """The whole page as HTML."""
    title = f"The book at the end of {_day(portfolio.as_of)}"
    return "\n".join(
        [
            '<!doctype html><html lang="en-IN"><head><meta charset="utf-8">',
            # The browser must not load anything, even if a bug put a link into the page.
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{_CSS}</style></head><body><main>",
            f"<h1>{title}</h1>",
            _totals(portfolio),
            _arrears(portfolio.buckets),
            _billed(portfolio),
            _expected(expected),
            "</main></body></html>\n",
        ]
    )


def _totals(portfolio: Portfolio) -> str:
    totals = {
        "Active loans": grouped(portfolio.active_loans),
        "Principal outstanding": rupees(portfolio.principal_outstanding),
        "Past due": rupees(portfolio.past_due),
    }
    return f"<dl>{''.join(f'<div><dt>{name}</dt><dd>{value}</dd></div>' for name, value in totals.items())}</dl>"


def _arrears(buckets: Sequence[Bucket]) -> str:
    names = [_days(bucket) for bucket in buckets]
    principal = {"Principal outstanding": [bucket.principal_outstanding for bucket in buckets]}
    # The first bucket is 0 days past due, where nothing is past due.
    late = {"Past due": [bucket.past_due for bucket in buckets[1:]]}
    rows = [
        (name, grouped(bucket.loans), rupees(bucket.principal_outstanding), rupees(bucket.past_due))
        for name, bucket in zip(names, buckets, strict=True)
    ]
    return _section(
        "Past due",
        "The days past due of a loan count from the due date of its oldest unpaid minimum. Past due is the unpaid part"
        " of minimums after their due dates. Principal outstanding is all principal of these loans.",
        _figure("principal", "Principal outstanding by days past due", names, principal)
        + _figure("past-due", "Past-due amount by days past due", names[1:], late),
        _table(["Days past due", "Loans", "Principal outstanding", "Past due"], rows),
    )


def _billed(portfolio: Portfolio) -> str:
    months = portfolio.billed_months
    interest = {"Interest billed": [month.interest for month in months]}
    rows = [(f"{month.month:%B %Y}", grouped(month.bills), rupees(month.interest)) for month in months]
    return _section(
        "Interest billed",
        f"By the date of the bill. The last month counts up to {_day(portfolio.as_of)}.",
        _figure("billed", "Interest billed per month", [f"{month.month:%b %y}" for month in months], interest),
        _table(["Month", "Bills", "Interest"], rows),
    )


def _expected(expected: ExpectedCash) -> str:
    cycles = expected.cycles
    parts = {"Principal": [cycle.principal for cycle in cycles], "Interest": [cycle.interest for cycle in cycles]}
    names = [f"{cycle.first_day.day} {cycle.first_day:%b}" for cycle in cycles]
    rows = [
        (f"{_day(c.first_day)} – {_day(c.last_day)}", rupees(c.interest), rupees(c.principal), rupees(c.amount))
        for c in cycles
    ]
    return _section(
        "Expected cash-in",
        "The amounts due on statements, by due date, if every borrower pays by then. In addition, bills after their due"
        f" dates have {rupees(expected.overdue)} unpaid.",
        _figure("expected", f"Expected cash-in, by {CYCLE_DAYS} days from the day named", names, parts),
        _table(["Due", "Interest", "Principal", "Total"], rows),
    )


def _section(title: str, text: str, figures: str, table: str) -> str:
    return f'<section><h2>{title}</h2><p>{text}</p><div class="charts">{figures}</div>{table}</section>'


def _figure(name: str, caption: str, labels: Sequence[str], series: Mapping[str, Sequence[Decimal]]) -> str:
    svg = _bars(name, labels, series).render_tree()
    _clear(svg)
    title = svg.find("title")
    assert title is not None, "the library titles its drawings"
    title.text = caption
    title.set("id", f"title-{name}")
    svg.set("role", "img")
    svg.set("aria-labelledby", f"title-{name}")
    return f"<figure><figcaption>{caption}</figcaption>{ElementTree.tostring(svg, encoding='unicode')}</figure>"


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
        value_formatter=lambda value: about(Decimal(value)),
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


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{value}</td>" for value in rest)}</tr>'
        for first, *rest in rows
    )
    return f'<div class="table"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _days(bucket: Bucket) -> str:
    if bucket.last_day is None:
        return f"over {bucket.first_day - 1}"
    return str(bucket.first_day) if bucket.first_day == bucket.last_day else f"{bucket.first_day}–{bucket.last_day}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _short(amount: Decimal) -> str:
    return f"{amount:.1f}".removesuffix(".0") if amount < 100 else grouped(int(amount.quantize(Decimal(1))))
