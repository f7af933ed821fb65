"""A plan as a picture: one line for each thing, on a scale of days, as SVG that also works in black and white.

Nothing is said by colour alone: what lies on the critical path has a thick edge and a filled diamond, a clock has
stripes, work of suppliers has dots, what has happened is grey with a tick. The colours are Okabe and Ito's. Every
bar has a title for those who listen, the whole has a title and a description, and each day is also written as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from html import escape

from inprocap_flow.records import changed
from inprocap_flow.service.planning.charts import (
    LEFT,
    LINE,
    RIGHT,
    TOP,
    WIDTH,
    Bar,
    Chart,
    Placed,
    Scale,
    placed_bars,
    span,
)
from inprocap_flow.service.planning.words import day as day_text

FONT = "Arial, Helvetica, sans-serif"
BLUE, VERMILION, GREEN, ORANGE, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#767676", "#000000"
SHADED_DAYS = 500  # plans up to so long show every weekend; longer ones only closures of three days or more
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALO = 'paint-order="stroke" stroke="#FFFFFF" stroke-width="4"'


def draw(chart: Chart) -> str:
    """Return *chart* as a whole SVG document."""
    return _drawn_with(chart, Scale(*span(chart.bars)), legend=True)


def draw_parts(chart: Chart, most: int) -> tuple[str, ...]:
    """Return *chart* as several pictures below one another, none higher than *most*: one for each sheet of paper.

    All have the same scale of days; the last one says what the marks mean.
    """
    scale = Scale(*span(chart.bars))
    stretches = list(_stretches(chart, most))
    count = len(stretches)
    return tuple(
        _drawn_with(
            changed(chart, bars=bars, title=f"{chart.title} ({number} of {count})" if count > 1 else chart.title),
            scale,
            legend=number == count,
            of=chart,
        )
        for number, bars in enumerate(stretches, 1)
    )


def _stretches(chart: Chart, most: int) -> Iterator[tuple[Bar, ...]]:
    bars: list[Bar] = []
    for bar in chart.bars:
        if bars and _bottom([*bars, bar]) > most:
            yield tuple(bars)
            bars = []
        bars.append(bar)
    rest: list[Bar] = []
    while len(bars) > 1 and _bottom(bars) + _legend_height(chart) > most:
        rest.insert(0, bars.pop())
    yield tuple(bars)
    if rest:
        yield tuple(rest)


def _bottom(bars: Sequence[Bar]) -> int:
    placed = list(placed_bars(bars))
    return (placed[-1].top + placed[-1].height if placed else TOP) + 12


def _legend_height(chart: Chart) -> int:
    return 24 + len(_legend_parts(chart)) * 20 + 16 * len(chart.notes) + 16


def _drawn_with(chart: Chart, scale: Scale, *, legend: bool, of: Chart | None = None) -> str:
    """Return the bars of *chart* on *scale*; *of* is the whole whose marks the legend explains."""
    whole = of or chart
    bottom = _bottom(chart.bars)
    body = [
        *_background(chart, scale, bottom),
        *(text for one in placed_bars(chart.bars) for text in _drawn(one, scale)),
        *_today(chart, scale, bottom),
        *(_legend(whole, bottom + 24) if legend else ()),
    ]
    height = bottom + (_legend_height(whole) if legend else 4)
    return "\n".join([*_head(chart, height), *(f"  {text}" for text in body), "</svg>", ""])


# ---------------------------------------------------------------------------------------------- parts


def _head(chart: Chart, height: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="plan-title plan-about" font-family="{FONT}" font-size="11">'
    )
    yield f'  <title id="plan-title">{escape(chart.title)}</title>'
    yield f'  <desc id="plan-about">{escape(chart.about)}</desc>'
    yield from _patterns()
    yield f'  <rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>'
    yield f'  <text x="16" y="28" font-size="18" font-weight="bold">{escape(chart.title)}</text>'
    yield f'  <text x="16" y="47" font-size="12">{escape(chart.subtitle)}</text>'


def _patterns() -> Iterator[str]:
    yield "  <defs>"
    for name, mark in (
        ("clock", f'<path d="M0,6 L6,0" stroke="{VERMILION}" stroke-width="1.6"/>'),
        ("work", f'<circle cx="3" cy="3" r="1.3" fill="{GREEN}"/>'),
        ("step", f'<rect width="6" height="6" fill="{BLUE}" fill-opacity="0.35"/>'),
        ("critical", f'<rect width="6" height="6" fill="{BLUE}"/>'),
        ("done", f'<rect width="6" height="6" fill="{GREY}" fill-opacity="0.5"/>'),
    ):
        yield f'    <pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        yield f'      <rect width="6" height="6" fill="#FFFFFF"/>{mark}</pattern>'
    yield "  </defs>"


def _background(chart: Chart, scale: Scale, bottom: int) -> Iterator[str]:
    yield '<g aria-hidden="true">'
    for first, last in _runs(chart.off, scale):
        x, wide = scale.x(first), round(scale.after(last) - scale.x(first), 1)
        yield f'  <rect x="{x}" y="{TOP - 6}" width="{wide}" height="{bottom - TOP + 6}" fill="#EFEFEF"/>'
    yield from _months(scale, bottom)
    yield f'  <line x1="16" y1="{TOP - 6}" x2="{WIDTH - RIGHT}" y2="{TOP - 6}" stroke="{BLACK}"/>'
    yield "</g>"


def _runs(off: frozenset[date], scale: Scale) -> Iterator[tuple[date, date]]:
    """Yield the stretches of days off that are wide enough to be seen."""
    least = 1 if len(scale.days) <= SHADED_DAYS else 4
    run: list[date] = []
    for day in [*scale.days, scale.last + timedelta(days=1)]:
        if day in off and day != scale.last + timedelta(days=1):
            run.append(day)
            continue
        if len(run) >= least:
            yield run[0], run[-1]
        run = []


def _months(scale: Scale, bottom: int) -> Iterator[str]:
    every = next(n for n in (1, 2, 3, 6, 12, 24) if scale.step * 30.4 * n >= 30)
    for day in scale.days:
        if day.day != 1 or (day.month - 1) % every:
            continue
        x = scale.x(day)
        strong = day.month == 1
        yield (
            f'  <line x1="{x}" y1="{TOP - 22}" x2="{x}" y2="{bottom}" stroke="{GREY}" '
            f'stroke-width="{1 if strong else 0.4}"/>'
        )
        if x < WIDTH - RIGHT - 20:
            yield f'  <text x="{x + 3}" y="{TOP - 11}">{_MONTHS[day.month - 1]}</text>'
        if strong and x < WIDTH - RIGHT - 30:
            yield f'  <text x="{x + 3}" y="{TOP - 26}" font-weight="bold" {_HALO}>{day.year}</text>'
    first = scale.first
    if first != date(first.year, 1, 1) and scale.x(date(first.year + 1, 1, 1)) > LEFT + 40:
        yield f'  <text x="{LEFT + 3}" y="{TOP - 26}" font-weight="bold" {_HALO}>{first.year}</text>'


def _drawn(placed: Placed, scale: Scale) -> Iterator[str]:
    bar, y = placed.bar, placed.top
    if bar is None:
        yield f'<text x="16" y="{y + 18}" font-size="12" font-weight="bold">{escape(placed.heading)}</text>'
        yield f'<line x1="16" y1="{y + 23}" x2="{WIDTH - RIGHT}" y2="{y + 23}" stroke="{GREY}" stroke-width="0.5"/>'
        return
    weight = ' font-weight="bold"' if bar.critical else ""
    yield f"<g><title>{escape(_said(bar))}</title>"
    for number, line in enumerate(placed.lines):
        yield f'  <text x="24" y="{y + 14 + number * LINE}"{weight}>{escape(line)}</text>'
    mark = "~" if bar.provisional else ""
    yield f'  <text x="{LEFT - 12}" y="{y + 14}" text-anchor="end"{weight}>{mark}{day_text(bar.last)}</text>'
    yield from _shape(bar, scale, y + 4)
    if bar.before and bar.before != (bar.first, bar.last):
        x, after = scale.x(bar.before[0]), scale.after(bar.before[1])
        yield (
            f'  <rect x="{x}" y="{y + 17}" width="{max(2, round(after - x, 1))}" height="4" fill="#FFFFFF" '
            f'stroke="{BLACK}" stroke-width="0.7" stroke-dasharray="2 1.5"/>'
        )
    yield "</g>"


def _shape(bar: Bar, scale: Scale, y: int) -> Iterator[str]:
    x, end = scale.x(bar.first), scale.after(bar.last)
    middle = y + 6
    if bar.latest is not None and bar.latest > bar.last and not bar.done:
        far = scale.after(bar.latest)
        yield f'  <path d="M{end},{middle} H{far} M{far},{middle - 4} v8" stroke="{GREY}" fill="none"/>'
    if bar.first < bar.last:
        fill = "done" if bar.done else {"deadline": "clock", "work": "work"}.get(bar.kind, "")
        fill = fill or ("critical" if bar.critical else "step")
        edge = {"done": GREY, "clock": VERMILION, "work": GREEN}.get(fill, BLUE)
        thick = 2.2 if bar.critical else 0.8
        yield (
            f'  <rect x="{x}" y="{y}" width="{max(2, round(end - x, 1))}" height="11" fill="url(#{fill})" '
            f'stroke="{BLACK if bar.critical else edge}" stroke-width="{thick}"/>'
        )
    if bar.kind == "meeting":
        yield f'  <rect x="{end - 5}" y="{y + 1}" width="10" height="10" fill="{ORANGE}" stroke="{BLACK}"/>'
    elif bar.done:
        yield f'  <path d="M{end - 4},{middle} l3,4 l6,-9" fill="none" stroke="{BLACK}" stroke-width="1.8"/>'
    elif bar.kind != "deadline":
        fill = BLACK if bar.critical else "#FFFFFF"
        yield f'  <path d="M{end},{y} l6,6 l-6,6 l-6,-6 z" fill="{fill}" stroke="{BLACK}"/>'
    else:
        yield f'  <path d="M{end},{y - 2} v15" stroke="{VERMILION}" stroke-width="2.4"/>'
    if bar.odds and set(bar.odds) != {bar.last}:
        yield from _odds(bar.odds, scale, y)


def _odds(odds: tuple[date, date, date], scale: Scale, y: int) -> Iterator[str]:
    half, most, nearly = (scale.after(day) for day in odds)
    yield f'  <path d="M{half},{y + 13} H{nearly}" stroke="{BLACK}" stroke-width="0.8"/>'
    for x, tall in ((half, 3), (most, 5), (nearly, 7)):
        yield f'  <path d="M{x},{y + 13} v{-tall}" stroke="{BLACK}" stroke-width="1.6"/>'


def _said(bar: Bar) -> str:
    parts = [f"{bar.label}: {day_text(bar.last)}"]
    parts += [f"from {day_text(bar.first)}"] if bar.first < bar.last else []
    parts += ["has happened"] if bar.done else []
    parts += ["on the critical path"] if bar.critical else []
    parts += [f"latest safe day {day_text(bar.latest)}"] if bar.latest and not bar.done else []
    parts += ["provisional"] if bar.provisional else []
    if bar.odds:
        half, most, nearly = bar.odds
        parts += [f"by {half} with 50 percent, by {most} with 80, by {nearly} with 95"]
    parts += [bar.says] if bar.says else []
    return "; ".join(parts)


def _today(chart: Chart, scale: Scale, bottom: int) -> Iterator[str]:
    if not scale.first <= chart.today <= scale.last:
        return
    x = round(scale.x(chart.today) + scale.step / 2, 1)
    anchor = "end" if x > WIDTH - 120 else "start"
    yield f"<g><title>Today, {day_text(chart.today)}</title>"
    yield f'  <path d="M{x},{TOP - 20} V{bottom}" stroke="{BLACK}" stroke-width="1.4" stroke-dasharray="7 3 2 3"/>'
    yield (
        f'  <text x="{x + (4 if anchor == "start" else -4)}" y="{TOP - 42}" text-anchor="{anchor}" '
        f'font-weight="bold">today, {day_text(chart.today)}</text></g>'
    )


def _legend_parts(chart: Chart) -> list[tuple[Bar, str]]:
    kinds = {bar.kind for bar in chart.bars}
    first = chart.bars[0].last if chart.bars else chart.today
    ten, more = first + timedelta(days=10), first + timedelta(days=16)
    parts = [
        (Bar("", first, ten, critical=True), "on the critical path: later here is later at the end (label in bold)"),
        (Bar("", first, ten, latest=more), "not on it; the thin line ends on the latest safe day"),
    ]
    parts += (
        [(Bar("", first, ten, kind="deadline"), "a clock that runs, up to its last day")] if "deadline" in kinds else []
    )
    parts += [(Bar("", first, ten, kind="work"), "work of suppliers")] if "work" in kinds else []
    parts += [(Bar("", ten, ten, kind="meeting"), "meeting of a committee")] if "meeting" in kinds else []
    parts += [(Bar("", first, ten, done=True), "has happened")] if any(bar.done for bar in chart.bars) else []
    if any(bar.odds for bar in chart.bars):
        odds = (ten, ten + timedelta(days=5), ten + timedelta(days=12))
        parts.append((Bar("", first, first, odds=odds), "rising ticks: has come by then with 50, 80 and 95 percent"))
    if chart.compared:
        parts.append((Bar("", first, ten, before=(first, ten)), f"dashed, below: {chart.compared}"))
    return parts


def _legend(chart: Chart, y: int) -> Iterator[str]:
    if not chart.bars:
        return
    first = chart.bars[0].last
    scale = Scale(first, first + timedelta(days=150))
    shift = 24 - LEFT
    for number, (bar, says) in enumerate(_legend_parts(chart)):
        top = y + number * 20
        yield f'<g aria-hidden="true" transform="translate({shift},0)">'
        yield from _shape(bar, scale, top)
        if bar.before:
            yield (
                f'  <rect x="{scale.x(bar.before[0])}" y="{top + 13}" width="{round(scale.step * 11, 1)}" height="4" '
                f'fill="#FFFFFF" stroke="{BLACK}" stroke-width="0.7" stroke-dasharray="2 1.5"/>'
            )
        yield f'</g><text x="150" y="{top + 10}">{escape(says)}</text>'
    grey = "Shaded: weekends, holidays, closures." if any(True for _ in chart.off) else ""
    texts = [" ".join(filter(None, (grey, "~ provisional: the calendar does not cover that time yet.")))]
    for number, text in enumerate((*texts, *chart.notes)):
        yield f'<text x="480" y="{y + 10 + number * 16}">{escape(text)}</text>'
