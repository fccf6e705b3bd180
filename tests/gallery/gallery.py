# SPDX-License-Identifier: Apache-2.0
"""What the documents of the gallery are made of: rows that are printed and noted, HTML around them.

A browser lays the pages out, so that nothing here knows where a word will stand; the same row is
given to the page and to the answer key.
"""
import html
import os
import random
import re

FONTS = ("Liberation Sans", "Liberation Serif", "DejaVu Sans", "Liberation Mono", "DejaVu Serif")
PEOPLE = ("Asha Rao", "Max Muster", "Jane Example", "Marie Exemple", "Mario Esempio", "Ana Modelo")


def load_panels():
    """Sections "[name]" of lines "name | unit | interval | value"."""
    path = os.path.join(os.path.dirname(os.path.realpath(__file__)), "panels.txt")
    with open(path, encoding="utf-8") as file:
        parts = re.split(r"(?m)^\[(.+)\]\n", file.read())
    return dict(zip(parts[1::2], parts[2::2]))


PANELS = load_panels()


class Row:
    """One result as it is printed."""

    def __init__(self, name, value, unit, ref, flag):
        self.name, self.value, self.unit, self.ref, self.flag = name, value, unit, ref, flag
        self.judged = ""  # "H", "L" or "": how the value stands to the interval


class Doc:
    def __init__(self, name, seed):
        self.name, self.random, self.rows = name, random.Random(f"{name} {seed}"), []
        self.seed, self.parts, self.css = seed, [], []
        self.language = "en"
        self.may_refuse = False
        self.font = FONTS[:3][seed % 3]
        self.size = self.pick((9, 10, 11, 12))
        self.person = self.pick(PEOPLE)
        self.comma = False

    def pick(self, choices):
        return self.random.choice(choices)

    def add(self, *parts):
        self.parts.extend(parts)

    def number(self, low, high, places):
        text = f"{self.random.uniform(low, high):.{places}f}"
        return text.replace(".", ",") if self.comma else text

    def draw(self, ref, share=0.25):
        """A value for a printed interval, and how it stands to it."""
        plain = ref.replace(",", ".") if self.comma else ref.replace(",", "")
        numbers = re.findall(r"\d+(?:\.\d+)?", plain)
        places = max((len(n.partition(".")[2]) for n in numbers), default=1)
        two = re.search(r"(\d+(?:\.\d+)?)[^\d<>.]{1,8}(\d+(?:\.\d+)?)", plain)
        if two:
            low, high = float(two[1]), float(two[2])
        elif numbers and re.search(r">|over|above|greater|mayor|sup", plain.lower()):
            low, high = float(numbers[0]), float(numbers[0]) * 2 + 1
        elif numbers:
            low, high = 0.15 * float(numbers[0]), float(numbers[0])
        else:
            return self.number(1, 9, 1), ""
        side, span = self.random.random(), high - low
        if side < share / 2:
            value, judged = high + span * self.random.uniform(0.05, 0.6), "H"
        elif side < share and low > 0 and two:
            value, judged = low * self.random.uniform(0.6, 0.95), "L"
        else:
            value, judged = low + span * self.random.uniform(0.1, 0.9), ""
        text = f"{value:.{places}f}"
        return text.replace(".", ",") if self.comma else text, judged

    def row(self, name, value=None, unit=None, ref=None, flag=None, note=True):
        row = Row(name, value, unit or None, ref or None, flag)
        if value is None:
            row.value, row.judged = self.draw(ref or "")
        if note:
            self.rows.append(row)
        return row

    def panel(self, text, note=True):
        """Rows of lines "name | unit | interval | value"; "=" begins a title, which is given as a
        string."""
        for line in text.strip().splitlines():
            if not line.strip():
                continue
            if line.startswith("="):
                yield line[1:].strip()
                continue
            parts = [part.strip() or None for part in line.split("|")]
            parts += [None] * (4 - len(parts))
            yield self.row(parts[0], parts[3], parts[1], parts[2], note=note)

    def key(self):
        rows = [
            {"name": r.name, "value": r.value, "unit": r.unit, "ref": r.ref, "flag": r.flag}
            for r in self.rows
        ]
        return {
            "layout": self.name,
            "language": self.language,
            "rows": [{**row, "analyte": None, "page": None} for row in rows],
            "patient": None,
            "may_refuse": self.may_refuse,
        }

    def page(self):
        style = (
            f"body{{font-family:'{self.font}';font-size:{self.size}px;margin:0}}"
            "table{border-collapse:collapse;width:100%}th{text-align:left}"
            "td,th{padding:2px 4px;vertical-align:top}@page{margin:14mm}"
        )
        body = "\n".join(self.parts)
        return (
            "<!doctype html><html><head><meta charset='utf-8'><style>"
            + style
            + "".join(self.css)
            + f"</style></head><body>{body}</body></html>"
        )


def esc(text):
    return html.escape(text) if text is not None else ""


def cells(texts, tag="td", attributes=None):
    attributes = attributes or [""] * len(texts)
    return (
        "<tr>"
        + "".join(
            f"<{tag} {a}>{t if t is not None else ''}</{tag}>" for t, a in zip(texts, attributes)
        )
        + "</tr>"
    )


def table(headings, rows, attributes=None, css_class="", style=""):
    """Rows are lists of HTML, or a string that spans the table."""
    out = [f"<table class='{css_class}' style='{style}'>"]
    if headings:
        out.append("<thead>" + cells(headings, "th", attributes) + "</thead>")
    width = len(headings or next(r for r in rows if not isinstance(r, str)))
    for row in rows:
        if isinstance(row, str):
            out.append(f"<tr><td colspan='{width}'><b>{row}</b></td></tr>")
        else:
            out.append(cells(row, "td", attributes))
    return "".join(out) + "</table>"


def head(doc, pairs, columns=2, title="", style=""):
    """The block of patient and dates above the results."""
    out = [f"<h2 style='margin:2px'>{title}</h2><table style='{style}'>"]
    for start in range(0, len(pairs), columns):
        out.append("<tr>")
        for name, text in pairs[start : start + columns]:
            out.append(f"<td>{name}</td><td>: {text}</td>")
        out.append("</tr>")
    doc.add("".join(out) + "</table><hr>")
