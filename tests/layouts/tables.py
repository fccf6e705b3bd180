# SPDX-License-Identifier: Apache-2.0
"""Layouts with columns: which columns, in which order, how wide, and what one cell holds.

A layout is a row of COLUMNS; the functions only print it.
"""
from paper import LEFT, RIGHT

STATE = {"H": "high_word", "L": "low_word", "": "normal_word"}


def cell(report, row, kind):
    """What a column shows of a row."""
    state = row["state"]
    texts = {
        "name": row["name"],
        "value": row["value"],
        "unit": row["unit"],
        "range": row["ref"],
        "flag": state,
        "star": "*" if state else "",
        "doubled": {"H": "**H", "L": "**L"}.get(state, ""),
        "bracket": f"[{state}]" if state else "",
        "arrow": {"H": "\u2191", "L": "\u2193"}.get(state, ""),
        "status": report.word(STATE[state]),
        "value unit": f"{row['value']} {row['unit']}",
        "value flag": f"{row['value']} {state}".strip(),
        "valueflag": row["value"] + (f"[{state}]" if state else ""),
        "range unit": f"{row['ref']} {row['unit']}",
        "normal": "" if state else row["value"],
        "abnormal": row["value"] if state else "",
        "low": row["low"],
        "high": row["high"],
        "method": "Photometry",
        "code": f"{1000 + len(row['name']) * 37}-{len(row['name']) % 9}",
        "previous": row["previous"][0],
        "previous 2": row["previous"][1],
    }
    return texts[kind]


FLAGS = ("flag", "star", "doubled", "bracket", "arrow", "status")
HEADING = {
    "name": "test",
    "value": "result",
    "value unit": "result",
    "value flag": "result",
    "valueflag": "result",
    "range": "range",
    "range unit": "range",
    "previous 2": "previous",
}

# name: ((what, share of the width), …)
COLUMNS = {
    "nvur": (("name", 38), ("value", 18), ("unit", 18), ("range", 26)),
    "nvru": (("name", 38), ("value", 18), ("range", 26), ("unit", 18)),
    "nruv": (("name", 38), ("range", 26), ("unit", 18), ("value", 18)),
    "nrvu": (("name", 38), ("range", 26), ("value", 18), ("unit", 18)),
    "nvfru": (("name", 34), ("value", 16), ("flag", 10), ("range", 24), ("unit", 16)),
    "nvufr": (("name", 34), ("value", 14), ("unit", 16), ("flag", 12), ("range", 24)),
    "nfvur": (("name", 34), ("flag", 10), ("value", 14), ("unit", 16), ("range", 26)),
    "two-places": (("name", 30), ("normal", 14), ("abnormal", 16), ("unit", 16), ("range", 24)),
    "range-unit": (("name", 40), ("value", 24), ("range unit", 36)),
    "value-unit": (("name", 40), ("value unit", 28), ("range", 32)),
    "value-unit-alone": (("name", 50), ("value unit", 50)),
    "status": (("name", 32), ("value", 14), ("unit", 14), ("range", 22), ("status", 18)),
    "status-second": (("name", 32), ("status", 14), ("value", 14), ("unit", 16), ("range", 24)),
    "stars": (("name", 34), ("star", 5), ("value", 15), ("unit", 18), ("range", 28)),
    "doubled": (("name", 34), ("value", 12), ("doubled", 8), ("unit", 18), ("range", 28)),
    "brackets": (("name", 36), ("valueflag", 20), ("unit", 18), ("range", 26)),
    "arrows": (("name", 34), ("value", 14), ("arrow", 6), ("unit", 18), ("range", 28)),
    "low-high": (("name", 36), ("value", 18), ("unit", 18), ("low", 14), ("high", 14)),
    "previous": (("name", 30), ("value", 14), ("unit", 14), ("range", 24), ("previous", 18)),
    "previous-first": (("name", 30), ("previous", 18), ("value", 14), ("unit", 14), ("range", 24)),
    "method": (("name", 28), ("method", 18), ("value", 14), ("unit", 15), ("range", 25)),
    "codes": (("code", 14), ("name", 32), ("value", 14), ("unit", 15), ("range", 25)),
}


def heading_of(report, kind):
    if kind in ("flag", "status"):
        return report.word("flag")
    if kind in ("star", "doubled", "arrow", "bracket"):
        return ""
    if kind == "code":
        return "Code"
    return report.word(HEADING.get(kind, kind))


def shown_of(kinds):
    """Which parts of a row these columns print."""
    shown = {"name", "value"}
    for kind in kinds:
        shown |= {part for part in ("unit",) if part in kind.split()}
        if kind in FLAGS or "flag" in kind:
            shown.add("flag")
        if kind.startswith("range") or kind == "low":
            shown.add("ref")
    return shown


class Table:
    """Prints rows in columns; `options` are the ways in which a layout departs from the plain."""

    def __init__(self, paper, columns, **options):
        self.paper, self.options = paper, options
        self.kinds = [kind for kind, _ in columns]
        self.shown = shown_of(self.kinds)
        total, at = sum(width for _, width in columns), options.get("left", LEFT)
        scale = (options.get("right", RIGHT) - at) / total
        self.x, self.right = [], []
        for _, width in columns:
            self.x.append(at)
            at += width * scale
            self.right.append(at - 10)
        seed = paper.report.random
        self.align = [
            seed.choice(("left", "left", "right")) if kind in ("value", "normal") else "left"
            for kind in self.kinds
        ]

    def put(self, i, text, bold=False, dy=0.0):
        if not text:
            return
        x = self.right[i] if self.align[i] == "right" else self.x[i]
        room = self.right[i] + 6 - self.x[i]
        least = 1.0 if self.options.get("tight") else 0.55
        size = self.paper.size * min(1.0, max(least, room / self.paper.width(text, bold=bold)))
        self.paper.text(x, text, size, bold, self.align[i], dy)

    def heading(self):
        if self.options.get("bare"):
            return
        report = self.paper.report
        texts = [heading_of(report, kind) for kind in self.kinds]
        for i, text in enumerate(self.options.get("headings", texts)):
            self.put(i, text, True)
        self.paper.y -= self.paper.lead
        if self.options.get("ruled", True) and "left" not in self.options:
            self.paper.rule()

    def row(self, row):
        report = self.paper.report
        drift = self.options.get("drift", 0.0)
        for i, kind in enumerate(self.kinds):
            text = cell(report, row, kind)
            self.put(i, text, dy=drift if kind != "name" else 0)
        self.note(row)
        self.paper.y -= self.options.get("lead", self.paper.lead)

    def note(self, row):
        key = dict(row)
        if "status" in self.kinds:
            key["flag"] = cell(self.paper.report, row, "status")
        for kind in FLAGS[1:5]:
            if kind in self.kinds:
                key["flag"] = cell(self.paper.report, row, kind) or None
        if "low" in self.kinds:
            both = row["low"] and row["high"]
            one = row["low"] or row["high"]
            key["ref"] = f"{row['low']} - {row['high']}" if both else one
        if "range unit" in self.kinds:
            key["ref"] = cell(self.paper.report, row, "range unit")
        self.paper.note(key, self.shown | ({"unit"} if "range unit" in self.kinds else set()))

    def panels(self, panels):
        self.heading()
        for panel in panels:
            if not self.paper.has_room(4):
                self.paper.next()
                self.heading()
            self.paper.y -= 3
            self.paper.line(panel["title"], bold=True, size=self.paper.size + 1)
            for row in panel["rows"]:
                if not self.paper.has_room(1):
                    self.paper.next()
                    if not self.options.get("once"):
                        self.heading()
                self.row(row)
