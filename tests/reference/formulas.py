# SPDX-License-Identifier: Apache-2.0
"""The formulas F01 to F27, written down anew from the text of the rules; a report inherits them."""
import math

from values import rounded, three_or


class Formulas:
    """Of a report that answers exact(), printed(), high() and so on."""

    def keep(self, formula, value):
        if value is not None and math.isfinite(value):
            self.derived[formula] = value

    def compute(self):
        self.kidney()
        self.lipids()
        self.liver()
        self.acid_base()
        self.minerals()
        self.sugar()
        self.blood()
        if self.person.liver and not self.person.is_child:
            self.meld()

    def kidney(self):
        person, creatinine = self.person, self.exact("creatinine")
        adult = person.age is not None and person.age >= 18 and person.sex
        if creatinine and adult and not person.pregnant and not self.kidney_injury():
            k, a = (0.7, -0.241) if person.female else (0.9, -0.302)
            ratio = creatinine[0] / k
            self.keep(
                "F01",
                142
                * min(ratio, 1) ** a
                * max(ratio, 1) ** -1.2
                * 0.9938**person.age
                * (1.012 if person.female else 1),
            )
        bun = self.exact("bun")
        urea = self.exact("urea")
        bun = bun[0] if bun else urea[0] / 2.14 if urea else None
        if bun is not None and creatinine and creatinine[0]:
            self.keep("F25", bun / creatinine[0])

    def lipids(self):
        three, two = self.exact("chol", "hdl", "trig"), self.exact("chol", "hdl")
        if two and two[0] > two[1]:
            self.keep("F04", two[0] - two[1])
        if self.person.is_child:
            return
        if three:
            tc, hdl, tg = three
            plain = tc - hdl - tg / 5
            if self.lt("trig", 400) and (plain >= 70 or self.le("trig", 150)):
                si = self.is_si("trig")
                self.keep("F02", tc - hdl - tg / 88.54 / 2.2 * 38.665 if si else plain)
            if self.le("trig", 800):
                self.keep(
                    "F03",
                    tc / 0.948
                    - hdl / 0.971
                    - (tg / 8.56 + tg * (tc - hdl) / 2140 - tg * tg / 16100)
                    - 9.44,
                )
        pair = self.exact("trig", "hdl")
        if pair and pair[0] > 0 and pair[1] > 0:
            self.keep("F26", math.log10((pair[0] / 88.54) / (pair[1] / 38.665)))

    def uln(self, name):
        one = self.results.get(name)
        times = one.times_uln() if one else None
        return times[0] if times and times[0] == times[1] else None

    def liver(self):
        person = self.person
        if person.is_child:
            return
        ast, alt = self.exact("ast"), self.exact("alt")
        if ast and alt and alt[0]:
            raised = three_or(self.high("ast"), self.high("alt"))
            if raised and self.high("ck") is not True:
                self.keep("F08", ast[0] / alt[0])
        if person.pregnant:
            return
        all_three = self.exact("ast", "alt", "plt")
        if all_three and person.age is not None and all_three[1] > 0 and all_three[2] > 0:
            a, b, c = all_three
            self.keep("F05", person.age * a / (c * math.sqrt(b)))
        times, plt = self.uln("ast"), self.exact("plt")
        if times is not None and plt and plt[0] > 0:
            self.keep("F06", times * 100 / plt[0])
        upper, lower = self.uln("alt"), self.uln("alp")
        if upper is not None and lower and three_or(self.high("alt"), self.high("alp")):
            self.keep("F07", upper / lower)

    def acid_base(self):
        ions, albumin = self.exact("sodium", "chloride", "bicarbonate"), self.exact("albumin")
        if not ions:
            return
        gap = ions[0] - ions[1] - ions[2]
        self.keep("F09", gap)
        self.keep("F11", gap - 12)
        if ions[2] != 24:
            self.keep("F12", (gap - 12) / (24 - ions[2]))
        if albumin:
            gap += 2.5 * (4.0 - albumin[0])
            self.keep("F10", gap)
            self.keep("F12b", gap - 12)
            if ions[2] != 24:
                self.keep("F12c", (gap - 12) / (24 - ions[2]))

    def minerals(self):
        calcium, albumin = self.exact("calcium"), self.exact("albumin")
        if calcium and albumin and self.ge("albumin", 1.5) and self.le("albumin", 6):
            if self.is_si("calcium"):
                value = calcium[0] / 4.0078 + 0.02 * (40 - 10 * albumin[0])
                self.keep("F13", value * 4.0078)
            else:
                self.keep("F13", calcium[0] + 0.8 * (4.0 - albumin[0]))
        sodium, name = self.exact("sodium"), self.glucose()
        if not sodium or not name:
            return
        glucose = self.exact(name)[0]
        in_mmol = self.printed(name) if self.is_si(name) else glucose / 18
        in_mmol = glucose / 18.0156 if self.is_si(name) else in_mmol
        if glucose > 200:
            self.keep("F15", sodium[0] + 0.024 * (glucose - 100))
        bun, urea = self.exact("bun"), self.exact("urea")
        if bun:
            nitrogen = bun[0] / 2.80134 if self.is_si("bun") else bun[0] / 2.8
        elif urea:
            nitrogen = urea[0] / 6.0056 if self.is_si("urea") else urea[0] / 2.14 / 2.8
        else:
            return
        self.keep("F14", 2 * sodium[0] + in_mmol + nitrogen)

    def sugar(self):
        a1c = self.exact("hba1c")
        if a1c:
            self.keep("F18", 28.7 * a1c[0] - 46.7)
            si = self.is_si("hba1c")
            self.keep("F19", a1c[0] if si else (a1c[0] - 2.152) / 0.09148)
        if self.person.is_child or self.person.pregnant:
            return
        pair = self.exact("insulin", "glucose_fasting")
        if pair:
            self.keep("F16", pair[0] * pair[1] / 405)
        pair = self.exact("trig", "glucose_fasting")
        if pair:
            self.keep("F17", math.log(pair[0] * pair[1] / 2))

    def blood(self):
        iron, tibc, uibc = self.exact("iron"), self.exact("tibc"), self.exact("uibc")
        if iron and tibc and tibc[0]:
            self.keep("F23", 100 * iron[0] / tibc[0])
        elif iron and uibc:
            self.keep("F23", 100 * iron[0] / (iron[0] + uibc[0]))
        if self.person.is_child:
            return
        cells = self.exact("mcv", "rbc")
        if cells and cells[0] < 80 and cells[1]:
            self.keep("F24", cells[0] / cells[1])
        whites = self.exact("neut_abs", "lymph_abs")
        if whites and whites[1]:
            self.keep("F27", whites[0] / whites[1])

    def meld(self):
        person = self.person
        na, albumin = self.within("sodium", 125, 137), self.within("albumin", 1.5, 3.5)
        bilirubin, inr = self.within("bili_total", 1, 1e9), self.within("inr", 1, 1e9)
        capped = 4.0 if person.dialysis else self.within("creatinine", 1, 4)
        if bilirubin is not None and inr is not None and capped is not None:
            self.meld_scores(capped, bilirubin, inr, na)
        cr = 3.0 if person.dialysis else self.within("creatinine", 1, 3)
        if None not in (bilirubin, inr, na, albumin, cr) and person.sex:
            self.meld_three(cr, math.log(bilirubin), math.log(inr), na, albumin)

    def meld_scores(self, capped, bilirubin, inr, na):
        meld = 10 * (
            0.957 * math.log(capped)
            + 0.378 * math.log(bilirubin)
            + 1.120 * math.log(inr)
            + 0.643
        )
        self.keep("F20", meld)
        if na is None:
            return
        first = rounded(meld, 1)
        with_na = first
        if first > 11:
            with_na = first + 1.32 * (137 - na) - 0.033 * first * (137 - na)
        self.keep("F21", min(40, rounded(with_na, 0)))

    def meld_three(self, cr, ln_bili, ln_inr, na, alb):
        ln_cr = math.log(cr)
        three = (
            1.33 * self.person.female
            + 4.56 * ln_bili
            + 0.82 * (137 - na)
            - 0.24 * (137 - na) * ln_bili
            + 9.09 * ln_inr
            + 11.14 * ln_cr
            + 1.85 * (3.5 - alb)
            - 1.83 * (3.5 - alb) * ln_cr
            + 6
        )
        self.keep("F22", rounded(max(6, min(40, three)), 0))
