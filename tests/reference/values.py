# SPDX-License-Identifier: Apache-2.0
"""Results and people as the reference sees them: three-valued comparison in the system of units of
the report.  Written from the text of the rules, not from the engine's tables; only unit factors and
generic intervals are taken from the catalogue."""
import csv
import math
import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
KNOWLEDGE = os.path.join(TOP, "libbloodtest", "knowledge")

# Each limit as its source prints it in the other system (decision 1).
GLUCOSE = {54: 3.0, 70: 3.9, 100: 5.6, 110: 6.1, 126: 7.0, 200: 11.1, 250: 13.9, 300: 16.7}
GLUCOSE.update({400: 22.2, 600: 33.3})
PAIRS = {
    ("glucose", "mmol/L"): GLUCOSE,
    ("glucose_fasting", "mmol/L"): GLUCOSE,
    ("glucose_2h", "mmol/L"): GLUCOSE,
    ("ldl", "mmol/L"): {100: 2.6, 130: 3.4, 160: 4.1, 190: 4.9},
    ("trig", "mmol/L"): {150: 1.7, 500: 5.6, 1000: 11.3},
    ("hdl", "mmol/L"): {40: 1.0, 50: 1.3},
    ("calcium", "mmol/L"): {7.0: 1.75, 12.0: 3.0, 13.0: 3.25, 8.6: 2.15, 10.2: 2.55},
    ("calcium_adj", "mg/dL"): {1.75: 7.0, 3.0: 12.0, 3.25: 13.0},
    ("non_hdl", "mmol/L"): {130: 3.4},
    ("hba1c", "mmol/mol"): {5.7: 39, 6.5: 48},
    ("bili_total", "umol/L"): {13.2: 225},
    ("cortisol_am", "nmol/L"): {3.6: 100},
    ("uacr", "mg/mmol"): {30: 3, 300: 30},
    ("creatinine", "umol/L"): {4.0: 354},
    ("bun", "mmol/L"): {84: 30},
    ("urea", "mmol/L"): {180: 30},
    ("urate", "umol/L"): {8.0: 480},
    ("phosphate", "mmol/L"): {4.5: 1.45},
}


def number(text):
    return float(text) if text else None


def read_factor(text):
    factor, _, offset = text.partition("+")
    return float(factor), float(offset or 0)


class Analyte:
    def __init__(self, row):
        self.id, self.unit, self.decimals = row["id"], row["ucum"], int(row["decimals"] or 0)
        self.scale, self.group, self.kind = row["scale"], row["group"], row["ri_kind"]
        self.units = {self.unit: (1.0, 0.0)}
        for part in filter(None, map(str.strip, row["alt_units"].split(";"))):
            unit, _, factor = part.partition("=")
            self.units[unit] = read_factor(factor)
        self.low = {sex: number(row[f"ri_{sex.lower()}_low"]) for sex in "MF"}
        self.high = {sex: number(row[f"ri_{sex.lower()}_high"]) for sex in "MF"}
        self.crit_low, self.crit_high = number(row["crit_low"]), number(row["crit_high"])
        self.plaus_low, self.plaus_high = number(row["plaus_low"]), number(row["plaus_high"])
        self.high_open = bool(row.get("ri_high_open"))

    def canonical(self, value, unit):
        factor, offset = self.units[unit]
        return value * factor + offset

    def is_other(self, unit):
        return self.units[unit] != (1.0, 0.0)

    def interval(self, sex):
        """The generic one; for an unknown sex the wider."""
        if sex:
            return self.low[sex], self.high[sex]
        lows, highs = list(self.low.values()), list(self.high.values())
        return (
            None if None in lows else min(lows),
            None if None in highs else max(highs),
        )


def catalogue():
    with open(os.path.join(KNOWLEDGE, "analytes.tsv"), encoding="utf-8", newline="") as file:
        rows = csv.DictReader(
            (line for line in file if not line.startswith("#")),
            delimiter="\t",
            quoting=csv.QUOTE_NONE,
        )
        return {row["id"]: Analyte(row) for row in rows}


def rounded(value, decimals):
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5), value) / scale


def three_and(*parts):
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def three_or(*parts):
    if any(part is True for part in parts):
        return True
    return None if any(part is None for part in parts) else False


def three_not(part):
    return None if part is None else not part


class Result:
    """One result of a report."""

    def __init__(self, analyte, row, person):
        self.analyte, self.row, self.person = analyte, row, person
        self.value, self.comparator = row["value"], row.get("comparator") or ""
        self.unit = row.get("unit")
        self.is_word = isinstance(self.value, str)
        reference = row.get("reference") or {}
        self.low, self.high = reference.get("low"), reference.get("high")
        self.is_printed = self.low is not None or self.high is not None
        self.usable = self.is_word
        self.canonical = None
        self.high_open, self.generic = False, None
        if not self.is_word:
            self.read_number()

    def read_number(self):
        analyte = self.analyte
        has_unit = analyte.unit and analyte.unit[0] != "{" and analyte.unit not in ("1", "[pH]")
        if self.unit is None and has_unit:
            return
        self.unit = self.unit or analyte.unit
        self.canonical = analyte.canonical(self.value, self.unit)
        low = self.comparator == "" or self.comparator[0] == ">"
        impossible = self.comparator == "" and self.canonical < analyte.plaus_low
        impossible = impossible or (low and self.canonical > analyte.plaus_high)
        self.usable = not impossible and not self.is_mislabelled()
        if self.usable and not self.is_printed and not self.person.is_child:
            self.take_generic()

    def take_generic(self):
        low, high = self.analyte.interval(self.person.sex)
        if self.analyte.id == "esr" and self.person.age is not None:
            age = self.person.age
            high = age / 2 if self.person.sex == "M" else (age + 10) / 2
        self.generic = low, high
        self.low = None if low is None else self.in_row(low)
        self.high = None if high is None else self.in_row(high)
        self.high_open = self.analyte.high_open

    def is_mislabelled(self):
        """Decision 4: inside the interval if it were mmol/L or umol/L."""
        name, value = self.analyte.id, self.value
        if self.unit != self.analyte.unit or self.comparator:
            return False
        if name in ("glucose", "glucose_fasting", "glucose_2h"):
            top = {"glucose": 10, "glucose_fasting": 5.5, "glucose_2h": 7.7}[name]
            return 3.9 <= value <= top and value < 10
        if name == "calcium":
            return 2.15 <= value <= 2.55
        if name == "creatinine":
            low = 62 if self.person.sex == "M" else 44
            return value >= 45 and low <= value <= (97 if self.person.sex == "F" else 115)
        return False

    def in_row(self, limit):
        """A limit of the catalogue's unit in that of the report."""
        if not self.analyte.is_other(self.unit):
            return limit
        pair = PAIRS.get((self.analyte.id, self.unit), {}).get(limit)
        if pair is not None:
            return pair
        factor, offset = self.analyte.units[self.unit]
        here = (limit - offset) / factor
        if not here:
            return here
        return rounded(here, min(9, max(0, 2 - math.floor(math.log10(abs(here))))))

    def bounds(self):
        if self.comparator.startswith("<"):
            return -math.inf, self.value if "=" in self.comparator else below(self.value)
        if self.comparator.startswith(">"):
            return self.value if "=" in self.comparator else above(self.value), math.inf
        return self.value, self.value

    def beside(self, limit):
        """The bounds and a limit of the catalogue's unit, as they are compared."""
        low, high = self.bounds()
        if self.analyte.is_other(self.unit):
            pair = PAIRS.get((self.analyte.id, self.unit), {}).get(limit)
            if pair is not None:
                limit = pair
            else:
                factor, offset = self.analyte.units[self.unit]
                exact = abs(math.log10(factor) - round(math.log10(factor))) < 1e-9 and not offset
                places = 9 if exact else self.analyte.decimals
                low, high = (
                    x if math.isinf(x) else rounded(x * factor + offset, places)
                    for x in (low, high)
                )
        return low, high, limit

    def order(self, limit):
        """-1, 0, 1 beside a limit of the catalogue's unit; None where that is open."""
        low, high, limit = self.beside(limit)
        if low > limit:
            return 1
        if high < limit:
            return -1
        return 0 if low == high else None

    def side(self):
        """'L', 'N' or 'H' beside the interval in force, or None."""
        if self.is_word or (self.low is None and self.high is None):
            return None
        under = over = True
        if self.high is not None:
            low, high, upper = self.beside_bound(1, self.high)
            if low > upper or (self.high_open and low >= upper):
                return "H"
            under = high < upper if self.high_open else high <= upper
        if self.low is not None:
            low, high, lower = self.beside_bound(0, self.low)
            if high < lower:
                return "L"
            over = low >= lower
        return "N" if under and over else None

    def beside_bound(self, which, printed):
        return self.beside(self.generic[which]) if self.generic else (*self.bounds(), printed)

    def times_uln(self):
        if self.high is None or self.high <= 0 or self.is_word:
            return None
        if self.generic:
            factor, offset = self.analyte.units[self.unit]
            return tuple((x * factor + offset) / self.generic[1] for x in self.bounds())
        low, high = self.bounds()
        return low / self.high, high / self.high


def above(value):
    return math.nextafter(value, math.inf) if hasattr(math, "nextafter") else value * (1 + 1e-15)


def below(value):
    return math.nextafter(value, -math.inf) if hasattr(math, "nextafter") else value * (1 - 1e-15)


class Person:
    def __init__(self, patient):
        self.sex, self.age = patient.get("sex"), patient.get("age_years")
        self.pregnant, self.trimester = bool(patient.get("pregnant")), patient.get("trimester")
        self.dialysis = bool(patient.get("dialysis"))
        self.liver = bool(patient.get("chronic_liver_disease"))
        self.anticoagulated = bool(patient.get("anticoagulated"))
        self.is_child = self.age is not None and self.age < 18
        self.male, self.female = self.sex == "M", self.sex == "F"
