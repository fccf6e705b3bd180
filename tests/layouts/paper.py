# SPDX-License-Identifier: Apache-2.0
"""Paper to print reports on: a canvas with a cursor, the head of a laboratory, and the answer key.

A layout draws rows and notes for each what a reader can see of it.
"""
import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen import canvas

DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVu"
FILES = {
    "Sans": "Sans",
    "Sans-Bold": "Sans-Bold",
    "Condensed": "SansCondensed",
    "Condensed-Bold": "SansCondensed-Bold",
    "Serif": "Serif",
    "Serif-Bold": "Serif-Bold",
    "Mono": "SansMono",
    "Mono-Bold": "SansMono-Bold",
}
BUILT_IN = {"Times": "Times-Roman", "Helvetica": "Helvetica"}
LEFT, RIGHT, TOP, BOTTOM = 42, 553, 800, 60
KEY = ("name", "value", "unit", "ref", "flag", "analyte")


def load_fonts():
    for name, file in FILES.items():
        pdfmetrics.registerFont(ttfonts.TTFont(name, f"{DEJAVU}{file}.ttf"))


class Paper:
    """The pages of one report."""

    def __init__(self, report, lead=14.0, size=9.0):
        self.report = report
        self.lead, self.size = lead, size
        self.rows, self.number, self.y = [], 0, 0
        self.font = report.font
        self.buffer = io.BytesIO()
        self.pdf = canvas.Canvas(self.buffer, pagesize=A4, invariant=1)
        self.pdf.setTitle("Layout")
        self.on_page = None  # drawn behind the text of each page
        self.head_on_each_page = False

    def font_name(self, bold):
        if self.font == "Times":
            return "Times-Bold" if bold else "Times-Roman"
        return self.font + ("-Bold" if bold else "")

    def width(self, text, size=None, bold=False):
        return pdfmetrics.stringWidth(text, self.font_name(bold), size or self.size)

    def text(self, x, text, size=None, bold=False, align="left", dy=0.0):
        """Text on the current line; x is its left, right or middle."""
        size = size or self.size
        self.pdf.setFont(self.font_name(bold), size)
        draw = {
            "left": self.pdf.drawString,
            "right": self.pdf.drawRightString,
            "middle": self.pdf.drawCentredString,
        }[align]
        draw(x, self.y - dy, text)

    def line(self, text, x=LEFT, size=None, bold=False, lead=None):
        self.text(x, text, size, bold)
        self.y -= lead or self.lead

    def rule(self, gap=4):
        self.pdf.line(LEFT, self.y + self.lead - gap, RIGHT, self.y + self.lead - gap)

    def start(self, head="plain"):
        self.number += 1
        self.y = TOP
        if self.on_page:
            self.on_page(self)
        if self.number == 1 or self.head_on_each_page:
            HEADS[head](self)
        return self

    def next(self):
        self.finish_page()
        self.start()

    def finish_page(self):
        self.y = 30
        self.text(
            RIGHT, f"{self.report.word('page')} {self.number} / {self.number}", 7, align="right"
        )
        self.text(LEFT, self.report.word("address"), 7)
        self.pdf.showPage()

    def has_room(self, lines):
        return self.y > BOTTOM + lines * self.lead

    def note(self, row, shown=KEY):
        """Put the row into the answer key, with what is printed of it."""
        key = {name: row.get(name) if name in shown or name == "analyte" else None for name in KEY}
        self.rows.append({**key, "page": self.number})

    def end(self):
        self.finish_page()
        self.pdf.save()
        return self.buffer.getvalue()


def title(paper):
    paper.line(paper.report.word("laboratory"), size=15, bold=True, lead=16)
    paper.line(paper.report.word("address"), size=7, lead=24)


def pairs(paper, texts, columns=(LEFT, 320)):
    for start in range(0, len(texts), len(columns)):
        for x, text in zip(columns, texts[start : start + len(columns)]):
            paper.text(x, text)
        paper.y -= paper.lead
    paper.y -= 10


def head_plain(paper):
    report, word = paper.report, paper.report.word
    title(paper)
    sex = word("male" if report.sex == "M" else "female")
    fields = [
        f"{word('name')}: A. Muster",
        f"{word('number')}: 20-{4711 + report.age}",
        f"{word('age')}: {report.age} {word('years')}",
        f"{word('collected')}: {report.date()}",
        f"{word('sex')}: {sex}",
        f"{word('reported')}: {report.date(1)}",
    ]
    pairs(paper, fields)


def head_joint(paper):
    """Age and sex in one field, three dates side by side."""
    report, word = paper.report, paper.report.word
    title(paper)
    sex = word("male" if report.sex == "M" else "female")
    fields = [
        f"{word('name')} : A. Muster",
        f"{word('agesex')} : {report.age} {word('years')} / {sex}",
        f"{word('number')} : 104711",
    ]
    pairs(paper, fields, (LEFT, 210, 400))
    paper.y += 8
    dates = [
        f"{word(name)}: {report.date(day)}"
        for day, name in enumerate(("collected", "received", "reported"))
    ]
    pairs(paper, dates, (LEFT, 215, 390))


def head_birth(paper):
    """No age, only the day of birth; the date with another number behind it."""
    report, word = paper.report, paper.report.word
    title(paper)
    day, month, year = report.collected[:3]
    born = f"{day:02d}/{month:02d}/{year - report.age}"
    fields = [
        f"{word('name')}: A. Muster",
        f"{word('birth')}: {born}",
        f"{word('sex')}: {word('male' if report.sex == 'M' else 'female')}",
        f"{word('collected')}: {report.date(0, False, 0)} 11-334455",
    ]
    pairs(paper, fields)


HEADS = {"plain": head_plain, "joint": head_joint, "birth": head_birth}
