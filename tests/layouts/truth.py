# SPDX-License-Identifier: Apache-2.0
"""What a made-up report says: a patient, panels, and rows with values as a laboratory prints them.

Everything follows from the seed, so that the same report can be laid out in many ways.
"""
import csv
import os
import random

HERE = os.path.dirname(os.path.realpath(__file__))
LANGUAGES = ("en", "de", "es", "fr", "it", "pt")
FONTS = ("Helvetica", "Times", "Sans", "Condensed", "Serif")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


ANALYTES = read("analytes.tsv")
WORDS = {row["word"]: row for row in read("words.tsv")}


class Report:
    """One report: its words are chosen once, so that it calls a column the same on each page."""

    def __init__(self, language, seed):
        self.language = language
        self.random = random.Random(f"{language} {seed}")
        self.chosen = {}
        self.comma = language != "en"
        self.font = self.random.choice(FONTS)
        self.range_style = self.random.choice(("%s - %s", "%s-%s", "%s \u2013 %s", "(%s - %s)"))
        self.limit_style = self.random.choice(("< %s", "<%s", "words"))
        self.sex = self.random.choice("MF")
        self.age = self.random.randint(19, 88)
        self.date_style = self.random.randint(0, 3)
        self.collected = (
            self.random.randint(1, 28),
            self.random.randint(1, 12),
            self.random.randint(2021, 2026),
            self.random.randint(6, 11),
            self.random.randint(0, 59),
        )
        self.panels = []

    def word(self, key):
        if key not in self.chosen:
            texts = WORDS[key][self.language] or WORDS[key]["en"]
            self.chosen[key] = self.random.choice(texts.split("|"))
        return self.chosen[key]

    def number(self, value, places):
        text = f"{value:.{places}f}"
        return text.replace(".", ",") if self.comma else text

    def date(self, later=0, time=True, style=None):
        """The day of collection, or some days later (earlier where negative)."""
        day, month, year, hour, minute = self.collected
        month += later // 28
        day += later % 28
        if day > 28:
            day, month = day - 28, month + 1
        year += (month - 1) // 12
        month = (month - 1) % 12 + 1
        styles = (
            f"{day:02d}/{month:02d}/{year}",
            f"{day:02d}.{month:02d}.{year}",
            f"{year}-{month:02d}-{day:02d}",
            f"{day:02d}-{MONTHS[month - 1]}-{year}",
        )
        text = styles[self.date_style if style is None else style]
        return f"{text} {hour:02d}:{minute:02d}" if time else text

    def limit(self, low, high, places):
        """The interval as printed."""
        if low and high:
            return self.range_style % (
                self.number(float(low), places),
                self.number(float(high), places),
            )
        if low:
            return f"> {self.number(float(low), places)}"
        number = self.number(float(high), places)
        return (
            f"{self.word('upto')} {number}"
            if self.limit_style == "words"
            else self.limit_style % number
        )

    def some_value(self, low, high):
        """A number and whether it is low or high: two of three lie inside."""
        bottom, top = (low or 0.45 * high), (high or 2 * low)
        span = top - bottom
        where = self.random.random()
        if high and where > 0.84:
            return top + span * self.random.uniform(0.1, 0.5), "H"
        if low and where < 0.16:
            return max(bottom - span * self.random.uniform(0.1, 0.4), 0.4 * bottom), "L"
        return bottom + span * self.random.uniform(0.1, 0.9), ""

    def row(self, source):
        low = float(source["low"]) if source["low"] else 0.0
        high = float(source["high"]) if source["high"] else 0.0
        places = int(source["places"])
        number, state = self.some_value(low, high)
        shown = self.number(number, places)
        return {
            "name": self.random.choice(source[self.language].split("|")),
            "value": shown,
            "unit": self.unit(source["units"]),
            "ref": self.limit(source["low"], source["high"], places),
            "flag": state or None,
            "analyte": source["analyte"],
            "state": state,
            "low": self.number(low, places) if low else "",
            "high": self.number(high, places) if high else "",
            "number": number,
            "places": places,
            "previous": [
                self.number(number * self.random.uniform(0.85, 1.15), places) for _ in range(3)
            ],
        }

    def unit(self, texts):
        if texts not in self.chosen:
            self.chosen[texts] = self.random.choice(texts.split("|"))
        return self.chosen[texts]

    def panel(self, name):
        rows = [self.row(source) for source in ANALYTES if source["panel"] == name]
        return {"title": self.word(name), "rows": rows}

    def fill(self, count):
        """Panels, the blood count always first."""
        names = sorted({source["panel"] for source in ANALYTES} - {"cbc"})
        self.random.shuffle(names)
        self.panels = [self.panel(name) for name in ["cbc"] + names[: count - 1]]
        return self
