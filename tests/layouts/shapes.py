# SPDX-License-Identifier: Apache-2.0
"""Layouts that are no plain table: sentences, drawn tables, values apart from names, odd cells.

Each function prints one report on paper and notes what a reader can see.
"""
from paper import LEFT, RIGHT
from tables import COLUMNS, Table, cell

PLAIN = COLUMNS["nvur"]
NO_FLAG = {"name", "value", "unit", "ref"}


def all_rows(report):
    for panel in report.panels:
        yield from panel["rows"]


def sentences(paper):
    report = paper.report
    for panel in report.panels:
        paper.line(panel["title"], bold=True)
        for row in panel["rows"]:
            normal = report.word("normal_is")
            text = (
                f"{row['name']}: {row['value']} {row['unit']} ({normal}: {row['ref'].strip('()')})"
            )
            paper.line(text)
            paper.note(row, NO_FLAG)


def dotted(paper):
    for row in all_rows(paper.report):
        paper.text(LEFT, row["name"])
        start = LEFT + paper.width(row["name"]) + 3
        count = int((300 - start) / paper.width("."))
        paper.text(start, "." * count)
        paper.text(306, row["value"])
        paper.text(370, row["unit"])
        paper.text(440, row["ref"])
        paper.note(row, NO_FLAG)
        paper.y -= paper.lead


def padded(texts, widths):
    return [f"{text:<{width}}" for text, width in zip(texts, widths)]


def barred(paper):
    """A table that is drawn with signs, in letters of one width."""
    paper.font, paper.size = "Mono", 8
    word, widths = paper.report.word, (34, 10, 12, 22)
    fence = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    heads = [word(name)[:22] for name in ("test", "result", "unit", "range")]
    paper.line(fence)
    paper.line("| " + " | ".join(padded(heads, widths)) + " |")
    paper.line(fence)
    for row in all_rows(paper.report):
        texts = padded((row["name"], row["value"], row["unit"], row["ref"]), widths)
        paper.line("| " + " | ".join(texts) + " |")
        paper.note(row, NO_FLAG)
    paper.line(fence)


def typed(paper):
    """Columns made with blanks."""
    paper.font, paper.size = "Mono", 8
    word, widths = paper.report.word, (36, 11, 14, 24)
    heads = [word(name)[:24] for name in ("test", "result", "unit", "range")]
    paper.line("".join(padded(heads, widths)))
    paper.line("-" * sum(widths))
    for row in all_rows(paper.report):
        paper.line("".join(padded([row[k] for k in ("name", "value", "unit", "ref")], widths)))
        paper.note(row, NO_FLAG)


def dated(paper, newest_first):
    """Columns headed by dates alone: the newest is the result."""
    report = paper.report
    days = (0, -35, -90) if newest_first else (-90, -35, 0)
    kinds = ["value", "previous", "previous 2"]
    kinds = kinds if newest_first else kinds[::-1]
    columns = (("name", 32), *((kind, 13) for kind in kinds), ("unit", 13), ("range", 22))
    dates = [report.date(day, False) for day in days]
    headings = [report.word("test"), *dates, report.word("unit"), report.word("range")]
    Table(paper, columns, headings=headings).panels(report.panels)


def dated_twice(paper):
    """A plain table, then one whose dates can be put in two orders: which is the newest is open."""
    report = paper.report
    Table(paper, PLAIN).panels(report.panels[:1])
    columns = (("name", 32), ("value", 16), ("previous", 16), ("unit", 14), ("range", 22))
    headings = [report.word("test"), "03/05/2024", "05/03/2024"]
    headings += [report.word("unit"), report.word("range")]
    table = Table(paper, columns, headings=headings)
    table.heading()
    for panel in report.panels[1:]:
        for row in panel["rows"]:
            table.row(row)


def side_by_side(paper, count, headed):
    """Several tables beside each other."""
    panels = paper.report.panels
    paper.size = 7.5
    width, top = (RIGHT - LEFT) / count, paper.y
    columns = (("name", 52), ("value", 22), ("unit", 26))
    if count < 3:
        columns = (("name", 40), ("value", 17), ("unit", 17), ("range", 26))
    tables = []
    for i in range(count):
        left = LEFT + i * width
        options = {"left": left, "right": left + width - 8, "bare": not headed}
        tables.append(Table(paper, columns, **options))
        tables[i].heading()
        paper.y = top
    rows = [row for panel in panels for row in panel["rows"]]
    paper.y = top - paper.lead
    for start in range(0, len(rows), count):
        for table, row in zip(tables, rows[start : start + count]):
            y = paper.y
            table.row(row)
            paper.y = y
        paper.y -= paper.lead


def stacked(paper):
    """Names on one line, ranges on the next, values on the third."""
    rows = list(all_rows(paper.report))
    paper.size = 7
    for start in range(0, len(rows), 4):
        for part in ("name", "ref", "value"):
            for i, row in enumerate(rows[start : start + 4]):
                paper.text(LEFT + 128 * i, row[part])
            paper.y -= paper.lead
        for row in rows[start : start + 4]:
            paper.note(row, {"name", "value", "ref"})
        paper.y -= paper.lead


LONG = {
    "en": ("Glomerular Filtration Rate,", "estimated (eGFR)"),
    "de": ("Glomeruläre Filtrationsrate", "geschätzt (eGFR)"),
    "es": ("Filtrado glomerular", "estimado (eGFR)"),
    "fr": ("Débit de filtration glomérulaire", "estimé (eGFR)"),
    "it": ("Filtrato glomerulare", "stimato (eGFR)"),
    "pt": ("Taxa de filtração glomerular", "estimada (eGFR)"),
}


def wrapped(paper, on_second):
    """A name over two lines with the value on one of them, a unit broken in the middle."""
    report, (first, second) = paper.report, LONG[paper.report.language]
    table = Table(paper, PLAIN, ruled=False)
    table.heading()
    for row in report.panels[0]["rows"]:
        table.row(row)
    value = report.number(report.random.uniform(61, 119), 1)
    broken = not on_second
    row = {"name": f"{first} {second}", "value": value, "unit": "mL/min/1.73 m2", "ref": "> 60"}
    unit = ("mL/min/1.73", "m2") if broken else (row["unit"], "")
    for i, name in enumerate((first, second)):
        table.put(0, name)
        if i == on_second:
            table.put(1, value)
            table.put(3, row["ref"])
            table.put(2, unit[0])
        elif broken:
            table.put(2, unit[1])
        paper.y -= 10
    paper.note({**row, "analyte": "egfr"}, NO_FLAG)
    paper.y -= paper.lead - 10
    for row in report.panels[1]["rows"]:
        table.row(row)


STEPS = ("< 10", "10 - 19", "20 - 29", "30 - 39", "40 - 49", "50 - 59", "60 - 74", "75 - 99")
STEP_NAMES = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def stepped(paper):
    """An interval of many lines that is no interval for this patient."""
    report = paper.report
    table = Table(paper, PLAIN)
    table.heading()
    rows = list(all_rows(report))
    for row in rows[:5]:
        table.row(row)
    row, places = rows[5], rows[5]["places"]
    lines = [f"{name}: {step}" for name, step in zip(STEP_NAMES, STEPS)]
    key = {**row, "ref": " ".join(lines)}
    table.note(key)
    for i, text in enumerate(lines):
        for column in range(3 if not i else 0):
            table.put(column, cell(report, row, table.kinds[column]))
        table.put(3, text)
        paper.y -= 10
    paper.y -= paper.lead + 0 * places
    for row in rows[6:]:
        table.row(row)


def by_sex(paper):
    """Intervals for men and women on two lines."""
    report = paper.report
    table = Table(paper, PLAIN)
    table.heading()
    for row in all_rows(report):
        table.put(0, row["name"])
        table.put(1, row["value"])
        table.put(2, row["unit"])
        texts = [f"{report.word(who)}: {row['ref'].strip('()')}" for who in ("men", "women")]
        if len(row["ref"]) > 14 or not row["low"]:
            texts = [row["ref"]]
        table.note({**row, "ref": " ".join(texts)})
        for text in texts:
            table.put(3, text)
            paper.y -= 9.5
        paper.y -= 7


def signs(paper):
    """Signs before values and intervals: '=', '<=', 'Up to', '-' for none."""
    report = paper.report
    table = Table(paper, PLAIN)
    table.heading()
    for i, row in enumerate(all_rows(report)):
        row = dict(row)
        if i % 5 == 0:
            row["value"] = "= " + row["value"]
        elif i % 5 == 1 and row["high"]:
            row["ref"] = "<= " + row["high"]
        elif i % 5 == 2 and row["low"]:
            row["value"] = "< " + row["low"]
        elif i % 5 == 3 and row["high"]:
            row["ref"] = f"{report.word('upto')} {row['high']}"
        elif i % 5 == 4:
            row["ref"] = "-"
            table.put(3, "-")
            row["ref"] = None
        for column, part in enumerate(("name", "value", "unit", "ref")):
            table.put(column, row[part])
        key = {**row, "value": row["value"].removeprefix("= ")}
        table.note(key)
        paper.y -= paper.lead


def limits_first(paper):
    """No heading, and intervals with one end before the values."""
    for row in all_rows(paper.report):
        limit = f"< {row['high'] or row['low']}" if len(row["name"]) % 2 else row["ref"]
        for x, text in zip((LEFT, 250, 360, 440), (row["name"], limit, row["unit"], row["value"])):
            paper.text(x, text)
        paper.note({**row, "ref": limit}, NO_FLAG)
        paper.y -= paper.lead


def indian(paper):
    """Lakhs, powers of ten, units of the trade, words in the place of numbers."""
    table = Table(paper, PLAIN)
    table.heading()
    rows = (
        ("Haemoglobin", "13.4", "gm%", "13 - 17", "hb"),
        ("Total Leucocyte Count (TLC)", "7,800", "cells/cumm", "4,000 - 11,000", "wbc"),
        ("Platelet Count", "1,50,000", "/cumm", "1,50,000 - 4,10,000", "plt"),
        ("RBC Count", "4.82", "mill/cumm", "4.5 - 5.5", "rbc"),
        ("Serum Creatinine", "0.94", "mg%", "0.7 - 1.3", "creatinine"),
        ("Blood Urea", "28", "mg/dl", "15 - 45", "urea"),
        ("D-Dimer", "> 1000", "ng/ml FEU", "< 500", "ddimer"),
        ("Troponin I", "< 0.01", "ng/ml", "< 0.04", "tni"),
        ("SGPT", "34", "U/L", "Up to 40", "alt"),
        ("TSH", "3.42", "µIU/ml", "0.27 - 4.2", "tsh"),
    )
    for texts in rows:
        row = dict(zip(("name", "value", "unit", "ref", "analyte"), texts))
        for column, part in enumerate(("name", "value", "unit", "ref")):
            table.put(column, row[part])
        paper.note(row, NO_FLAG)
        paper.y -= paper.lead


def noisy(paper):
    """Notes, literature, steps for children, numbers of items between the rows."""
    report = paper.report
    table = Table(paper, PLAIN)
    notes = (
        "Ref: Tietz Textbook of Clinical Chemistry, 6th Edition 2018, p. 1234-1240. ISO 15189:2012",
        "INR: prophylaxis 2.0 - 3.0, mechanical valve 2.5 - 3.5, recurrent embolism 3.0 - 4.5",
        report.word("comment"),
        "1.  5.2     LOINC 718-7, 4544-3, 787-2",
        "Haemoglobin 0-1 month: 13.5 - 21.5, 1-6 months: 9.5 - 13.5, 2-6 years: 11.0 - 14.0 g/dL",
    )
    for i, panel in enumerate(report.panels):
        table.panels([panel])
        paper.line(notes[i % 5], size=7)
        paper.line(notes[(i + 2) % 5], size=7)
        paper.y -= 6
