# SPDX-License-Identifier: Apache-2.0
"""Layouts that hide, tilt or scan the text, and documents that hold no results at all.

What must not be read is in no key; what may be refused is marked so by LAYOUTS of make-layouts.
"""
import io
import math

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader

from paper import LEFT, RIGHT
from shapes import PLAIN
from tables import COLUMNS, Table


def watermark(paper):
    def behind(page):
        page.pdf.saveState()
        page.pdf.setFillGray(0.8)
        page.pdf.translate(90, 250)
        page.pdf.rotate(52)
        page.pdf.setFont("Helvetica-Bold", 64)
        page.pdf.drawString(0, 0, "S A M P L E  COPY")
        page.pdf.restoreState()

    behind(paper)
    paper.pdf.setFillGray(0)
    Table(paper, PLAIN).panels(paper.report.panels)


def unseen(paper):
    """White figures beside the results, tiny ones below."""
    table = Table(paper, PLAIN)
    table.heading()
    for panel in paper.report.panels:
        for row in panel["rows"]:
            paper.pdf.setFillGray(1)
            paper.text(table.x[1] + 44, "99.9", size=7)
            paper.pdf.setFillGray(0)
            table.row(row)
    paper.line(f"{paper.report.word('test')} 12.3 mg/dL", size=1.5)


def white_on_dark(paper):
    """A heading in white letters on a dark ground."""
    paper.pdf.setFillColorRGB(0.1, 0.3, 0.5)
    paper.pdf.rect(LEFT - 4, paper.y - 4, RIGHT - LEFT + 8, 15, stroke=0, fill=1)
    table = Table(paper, COLUMNS["nvfru"])
    paper.pdf.setFillGray(1)
    table.options["ruled"] = False
    table.heading()
    paper.pdf.setFillGray(0)
    table.options["bare"] = True
    table.panels(paper.report.panels)


def tilted(paper):
    """As from a crooked scanner; the page is turned by tilt() before its head is printed."""
    Table(paper, PLAIN).panels(paper.report.panels)


def tilt(degrees):
    def turn(paper):
        paper.pdf.translate(297, 421)
        paper.pdf.rotate(degrees)
        paper.pdf.translate(-297, -421)

    return turn


def scanned(paper):
    """The picture of a page with the text that recognition put behind it."""
    picture = Image.new("L", (620, 877), 250)
    pen = ImageDraw.Draw(picture)
    for y in range(80, 800, 16):
        pen.rectangle((60, y, 60 + 400 * abs(math.sin(y)), y + 6), fill=90)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    paper.pdf.drawImage(ImageReader(buffer), 0, 0, *A4)
    begin = paper.pdf.beginText
    plain = paper.pdf.drawString

    def unseen_text(x, y, text):
        item = begin(x, y)
        item.setTextRenderMode(3)
        item.textOut(text)
        item.setTextRenderMode(0)
        paper.pdf.drawText(item)

    paper.pdf.drawString = unseen_text
    paper.pdf.drawRightString = lambda x, y, text: unseen_text(x - paper.width(text), y, text)
    Table(paper, PLAIN, ruled=False).panels(paper.report.panels[:1])
    paper.pdf.drawString = plain
    del paper.pdf.drawRightString


def blank(paper):
    """A form to be filled in: names, units, intervals and no result."""
    table = Table(paper, PLAIN)
    table.heading()
    for panel in paper.report.panels:
        paper.line(panel["title"], bold=True)
        for row in panel["rows"]:
            texts = (row["name"], "______", row["unit"], row["ref"])
            for column, text in enumerate(texts):
                table.put(column, text)
            paper.y -= paper.lead


DRUGS = ("Amikacin", "Ampicillin", "Cefepime", "Ceftriaxone", "Ciprofloxacin", "Gentamicin")


def antibiogram(paper):
    paper.line("Urine culture: Escherichia coli > 100,000 CFU/ml", bold=True)
    for x, text in zip((LEFT, 230, 330, 430), ("Antibiotic", "MIC", "Breakpoint", "S/I/R")):
        paper.text(x, text, bold=True)
    paper.y -= paper.lead
    for i, drug in enumerate(DRUGS):
        texts = (drug, f"<= {2 ** (i % 4)}", f"{2 ** (i % 5)} - 16", "SIR"[i % 3])
        for x, text in zip((LEFT, 230, 330, 430), texts):
            paper.text(x, text)
        paper.y -= paper.lead


SEROLOGY = (("HBsAg", "negative", "hbsag"), ("Anti-HCV", "negative", "anti_hcv"))


def serology(paper):
    """Words alone."""
    report = paper.report
    for x, name in ((LEFT, "test"), (250, "result"), (400, "range")):
        paper.text(x, report.word(name), bold=True)
    paper.y -= paper.lead
    for name, value, analyte in (*SEROLOGY, ("HIV 1/2", "negative", "hiv")):
        row = {"name": name, "value": report.word(value), "analyte": analyte}
        row["ref"] = report.word("negative")
        for x, part in ((LEFT, "name"), (250, "value"), (400, "ref")):
            paper.text(x, row[part])
        paper.note(row, {"name", "value", "ref"})
        paper.y -= paper.lead


def several(paper):
    """Panels with different columns in one report."""
    sets = ("nvur", "nvfru", "value-unit", "status")
    for name, panel in zip(sets, paper.report.panels):
        Table(paper, COLUMNS[name]).panels([panel])
        paper.y -= 12
