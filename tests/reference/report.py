# SPDX-License-Identifier: Apache-2.0
"""A report as the reference sees it: questions about its results that answer True, False or None
(not known)."""
import datetime
import math

from formulas import Formulas
from values import Person, Result, catalogue, three_and

CATALOGUE = catalogue()


def hours(text):
    if len(text) == 10:
        text += "T00:00:00"
    when = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return when.timestamp() / 3600


class Report(Formulas):
    def __init__(self, facts):
        self.person = Person(facts.get("patient") or {})
        self.all = [
            Result(CATALOGUE[row["analyte"]], row, self.person) for row in facts["observations"]
        ]
        self.earlier, self.now = self.split()
        hcg = self.now.get("hcg")
        if hcg and hcg.usable and hcg.order(5) == 1 and self.person.sex != "M":
            age = self.person.age
            if age is None or 12 <= age <= 55:
                self.person.pregnant = True
        self.results = {name: one for name, one in self.now.items() if one.usable}
        self.derived = {}
        self.compute()

    def split(self):
        earlier, now = [], {}
        for one in self.all:
            mine = one.row.get("collected")
            later = [
                other
                for other in self.all
                if other.analyte is one.analyte
                and mine
                and other.row.get("collected")
                and hours(other.row["collected"]) > hours(mine)
            ]
            if later:
                earlier.append(one)
            else:
                now[one.analyte.id] = one
        return earlier, now

    # ---- questions about one result ----

    def has(self, name):
        return name in self.results

    def order(self, name, limit):
        one = self.results.get(name)
        return None if one is None or one.is_word else one.order(limit)

    def compare(self, name, limit, test):
        """A result '< 5' is known to be under 7, and not known to be under 3."""
        order = self.order(name, limit)
        return None if order is None else test(order)

    def lt(self, name, limit):
        return self.compare(name, limit, lambda order: order < 0)

    def le(self, name, limit):
        return self.compare(name, limit, lambda order: order <= 0)

    def gt(self, name, limit):
        return self.compare(name, limit, lambda order: order > 0)

    def ge(self, name, limit):
        return self.compare(name, limit, lambda order: order >= 0)

    def band(self, name, low, high):
        """From low up to, not including, high."""
        return three_and(self.ge(name, low), self.lt(name, high))

    def rising(self, name, low, high):
        """From low, and not known to have reached high."""
        return three_and(self.ge(name, low), self.ge(name, high) is not True)

    def falling(self, name, low, high):
        """Under high, and not known to be under low."""
        return three_and(self.lt(name, high), self.lt(name, low) is not True)

    def side(self, name, side):
        one = self.results.get(name)
        found = one.side() if one else None
        return None if found is None else found == side

    def high(self, name):
        return self.side(name, "H")

    def low(self, name):
        return self.side(name, "L")

    def normal(self, name):
        return self.side(name, "N")

    def in_own(self, name):
        """Inside the interval that is printed."""
        return self.has(name) and self.results[name].is_printed and self.normal(name) is True

    def positive(self, name):
        one = self.results.get(name)
        if one is None or not one.is_word:
            return None
        word = one.value.lower().replace(" ", "").replace("-", "").replace(".", "")
        if word in ("positive", "reactive", "detected", "present", "pos", "trace", "seen", "yes"):
            return True
        if word and set(word) <= set("+1234") and "+" in word:
            return True
        negative = ("negative", "nonreactive", "notdetected", "absent", "neg", "nil", "none", "no")
        return False if word in negative or word == "notseen" else None

    def multiple(self, name, limit, test):
        """test('ge', 'gt', 'lt') of the value as a multiple of the upper limit in force."""
        one = self.results.get(name)
        times = one.times_uln() if one else None
        if times is None:
            return None
        low, high = times
        near = abs(low - limit) <= 1e-9 * limit and low == high
        if near:
            return test == "ge"
        if low > limit:
            return test != "lt"
        if high < limit:
            return test == "lt"
        return None

    # ---- numbers ----

    def exact(self, *names):
        """The canonical values, or None where one is missing or has a comparator."""
        values = []
        for name in names:
            one = self.results.get(name)
            if one is None or one.comparator or one.canonical is None:
                return None
            values.append(one.canonical)
        return values

    def bounds(self, name):
        """The least and most it can be, in the catalogue's unit."""
        one = self.results.get(name)
        if one is None or one.is_word:
            return None
        return [x if math.isinf(x) else one.analyte.canonical(x, one.unit) for x in one.bounds()]

    def within(self, name, least, most):
        """As the MELD family wants it: the bound where it is known to be beyond it."""
        bounds = self.bounds(name)
        if bounds is None:
            return None
        low, high = (min(most, max(least, x)) for x in bounds)
        return low if low == high else None

    def printed(self, name):
        """The value as it stands in the report, exact."""
        one = self.results.get(name)
        return None if one is None or one.comparator or one.is_word else one.value

    def is_si(self, name):
        """Whether it is given by amount of substance."""
        one = self.results.get(name)
        if one is None or one.is_word:
            return False
        power = math.log10(one.analyte.units[one.unit][0])
        return abs(power - round(power)) > 1e-9

    def first_exact(self, *names):
        for name in names:
            if self.exact(name):
                return self.exact(name)[0]
        return None

    def rise(self, hours_back):
        """(fold, gain in mg/dL) of creatinine against the lowest of that time, or None."""
        one = self.results.get("creatinine")
        if one is None or one.comparator or not one.row.get("collected"):
            return None
        now, lowest = hours(one.row["collected"]), None
        for before in self.earlier:
            if before.analyte is not one.analyte or before.comparator or not before.usable:
                continue
            age = now - hours(before.row["collected"])
            if 0 < age <= hours_back + 1e-6 and (lowest is None or before.canonical < lowest):
                lowest = before.canonical
        return None if lowest is None else (one.canonical / lowest, one.canonical - lowest)

    def kidney_injury(self):
        week, days = self.rise(168), self.rise(48)
        return (week is not None and week[0] >= 1.5 - 1e-9) or (
            days is not None and days[1] >= 0.2995
        )

    def glucose(self):
        return next(
            (n for n in ("glucose", "glucose_fasting", "glucose_2h") if self.exact(n)), None
        )
