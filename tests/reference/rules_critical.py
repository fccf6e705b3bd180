# SPDX-License-Identifier: Apache-2.0
"""The critical rules, the general ones and the patterns that are red flags, written down anew from
the text: what the engine says is held against this."""
from report import CATALOGUE
from values import rounded, three_and, three_or

# Who has a C rule on that side; decision 3: elsewhere G02 holds the critical limit.
NAMED_LOW = {"potassium", "sodium", "glucose", "glucose_fasting", "glucose_2h", "calcium"}
NAMED_LOW |= {"calcium_adj", "calcium_ion", "magnesium", "phosphate", "bicarbonate", "ph_art", "hb"}
NAMED_LOW |= {"hct", "plt", "neut_abs", "wbc", "fibrinogen", "cortisol_am"}
NAMED_HIGH = {"potassium", "sodium", "glucose", "glucose_fasting", "glucose_2h", "calcium", "urea"}
NAMED_HIGH |= {"calcium_adj", "calcium_ion", "magnesium", "bicarbonate", "ph_art", "lactate", "hb"}
NAMED_HIGH |= {"hct", "plt", "wbc", "inr", "pt", "aptt", "tni_hs", "tnt_hs", "tni", "creatinine"}
NAMED_HIGH |= {"bun", "alt", "ast", "ck", "amylase", "trig", "bili_total", "ammonia", "ft4"}
TIMES_ULN = {"alt": 15, "ast": 15, "amylase": 3, "lipase": 3}
TROPONINS = {"tni_hs": 20, "tnt_hs": 14, "tni": 0.04}
NO_MIDDLE = {"ck", "crp", *TROPONINS}


class Said:
    """What was said: the highest urgency of each rule."""

    def __init__(self):
        self.rules = {}

    def add(self, rule, urgency, condition):
        if condition is True:
            self.rules[rule] = max(urgency, self.rules.get(rule, 0))

    def urgency(self):
        return max(self.rules.values(), default=0)


def corrected_in(r, mgdl, mmol, test):
    """Calcium adjusted by F13, after rounding, against a limit of either system."""
    value = r.derived.get("F13")
    if value is None:
        return None
    si = r.results["calcium"].unit == "mmol/L"
    value, limit = (rounded(value / 4.0078, 2), mmol) if si else (rounded(value, 1), mgdl)
    return value <= limit if test == "le" else value >= limit


def calcium(r, test, ionised, mgdl, mmol):
    """Ionised before adjusted before total."""
    if r.has("calcium_ion"):
        return getattr(r, test)("calcium_ion", ionised) if ionised is not None else None
    if r.has("calcium_adj"):
        return getattr(r, test)("calcium_adj", mmol)
    if "F13" in r.derived:
        return corrected_in(r, mgdl, mmol, test)
    return getattr(r, test)("calcium", mgdl)


def critical_limit(one, side):
    name = one.analyte.id
    if side == "H" and name in TIMES_ULN:
        return TIMES_ULN[name] * one.high
    limit = one.analyte.crit_high if side == "H" else one.analyte.crit_low
    return None if limit is None else one.in_row(limit)


def is_past_middle(r, one, side):
    if one.analyte.id in NO_MIDDLE or (one.analyte.id == "calcium" and r.has("calcium_ion")):
        return False
    edge, limit = (one.high if side == "H" else one.low), critical_limit(one, side)
    if limit is None or (limit <= edge if side == "H" else limit >= edge):
        return False
    middle = rounded((edge + limit) / 2, 9)
    low, high = one.bounds()
    return low > middle if side == "H" else high < middle


def unit_missing(one):
    """Decision 4."""
    analyte, possible, critical, inside = one.analyte, 0, 0, 0
    lows = [analyte.low[s] for s in "MF" if analyte.low[s] is not None]
    highs = [analyte.high[s] for s in "MF" if analyte.high[s] is not None]
    low, high = min(lows, default=None), max(highs, default=None)
    crit_high = TIMES_ULN[analyte.id] * high if analyte.id in TIMES_ULN else analyte.crit_high
    for factor, offset in set(analyte.units.values()):
        value = one.value * factor + offset
        if not analyte.plaus_low <= value <= analyte.plaus_high:
            continue
        possible += 1
        is_low = analyte.crit_low is not None and value <= analyte.crit_low
        is_high = crit_high is not None and value >= crit_high
        critical += (is_low and one.comparator[:1] != ">") or (
            is_high and one.comparator[:1] != "<"
        )
        inside += (low is None or value >= low) and (high is None or value <= high)
    if possible and critical == possible:
        return 4
    return 3 if critical and not inside else 1


def general(said, r):
    for one in r.now.values():
        if one.is_word:
            continue
        if one.canonical is None:
            said.add("V15", unit_missing(one), True)
        elif not one.usable:
            said.add("V14", 3, True)
            continue
        side = one.side()
        said.add("G01", 1, side in ("L", "H"))
        if not one.usable:
            continue
        if side in ("L", "H"):
            said.add("G03", 2, is_past_middle(r, one, side))
        name, analyte = one.analyte.id, one.analyte
        child_crp = name == "crp" and r.person.is_child
        if analyte.crit_low is not None and name not in NAMED_LOW:
            said.add("G02", 4, r.le(name, analyte.crit_low))
        if analyte.crit_high is not None and name not in NAMED_HIGH and name != "crp" or child_crp:
            said.add("G02", 4, r.ge(name, analyte.crit_high))
    words(said, r)
    no_egfr = "F01" not in r.derived and not r.has("egfr")
    said.add("G03", 2, three_and(r.multiple("creatinine", 2, "ge"), no_egfr))
    said.add("G03", 2, three_and(r.ge("glucose_2h", 200)))


ABNORMAL_WORDS = ("hbsag", "anti_hcv", "hiv", "schistocytes", "blasts", "malaria_parasites")


def words(said, r):
    for name in (*ABNORMAL_WORDS, "ketones"):
        said.add("G01", 1, r.positive(name))


def single_limits(said, r):
    for rule, name, low, high in (
        ("C01", "potassium", 2.8, 6.0),
        ("C02", "sodium", 120, 155),
        ("C05", "magnesium", 1.0, 4.5),
        ("C05", "phosphate", 1.0, None),
        ("C06", "bicarbonate", 11, 40),
        ("C06", "ph_art", 7.20, 7.60),
        ("C06", "lactate", None, 3.5),
        ("C07", "hb", 7.0, 20),
        ("C07", "hct", 20, 60),
        ("C08", "plt", 20, 1000),
        ("C09", "neut_abs", 0.5, None),
        ("C09", "wbc", 1.0, 50),
        ("C10", "inr", None, 5.0),
        ("C10", "pt", None, 40),
        ("C10", "aptt", None, 85),
        ("C10", "fibrinogen", 100, None),
        ("C20", "ammonia", None, 200),
    ):
        said.add(rule, 4, low is not None and r.le(name, low))
        said.add(rule, 4, high is not None and r.ge(name, high))
    for name in ("glucose", "glucose_fasting", "glucose_2h"):
        said.add("C03", 4, r.lt(name, 54))
        said.add("C03", 4, r.ge(name, 400))
    said.add("C04", 4, calcium(r, "le", 0.75, 7.0, 1.75))
    said.add("C04", 4, calcium(r, "ge", 1.50, 13.0, 3.25))
    said.add("C08", 3, r.lt("plt", 50))
    said.add("C09", 4, r.positive("blasts"))
    said.add("C09", 4, r.positive("malaria_parasites"))
    for name, limit in TROPONINS.items():
        one = r.results.get(name)
        plain = one is not None and one.low is None and one.high is None
        said.add("C11", 4, r.gt(name, limit) if plain else r.high(name))
    said.add("C19", 3, r.ge("trig", 1000))
    said.add("C20", 3, r.ge("bili_total", 13.2))
    said.add("C20", 3, r.ge("ft4", 5.1))
    said.add("C20", 3, r.le("cortisol_am", 3.6))


def kidney(said, r):
    urgency = 3 if r.person.dialysis else 4
    said.add("C12", urgency, r.ge("creatinine", 4.0))
    said.add("C12", urgency, r.kidney_injury())
    said.add("C12", 3, r.ge("bun", 84))
    said.add("C12", 3, r.ge("urea", 180))


def osmolality_is_high(r, name):
    sodium = r.exact("sodium")
    if not sodium or not r.exact(name):
        return None
    glucose = r.exact(name)[0] / (18.0156 if r.is_si(name) else 18)
    effective = 2 * sodium[0] + glucose
    total = r.derived.get("F14")
    effective = effective if r.ge(name, 200) else 0
    return effective >= 300 - 1e-7 or (total is not None and total >= 320 - 1e-7)


def glucose_patterns(said, r):
    acid = three_or(r.lt("bicarbonate", 18), r.lt("ph_art", 7.30), r.positive("ketones"))
    for name in ("glucose", "glucose_fasting", "glucose_2h"):
        said.add("C13", 4, three_and(r.ge(name, 200), acid))
        osmolality = osmolality_is_high(r, r.glucose()) if r.glucose() else None
        said.add("C14", 4, three_and(r.ge(name, 600), osmolality))


def anaemia(r):
    """By WHO for the person; for a child by the printed interval."""
    person = r.person
    if person.is_child:
        return r.low("hb")
    if person.pregnant:
        return r.lt("hb", 11.0 if person.trimester in (1, 3) else 10.5)
    return r.lt("hb", 13.0 if person.male else 12.0)


def organs(said, r):
    ck_high = r.multiple("ck", 5, "ge") is True
    said.add("C15", 3, r.multiple("alt", 15, "ge"))
    said.add("C15", 3, three_and(r.multiple("ast", 15, "ge"), not ck_high))
    said.add(
        "C15",
        3,
        three_and(
            r.multiple("alt", 3, "gt"),
            r.multiple("bili_total", 2, "gt"),
            r.multiple("alp", 2, "lt"),
        ),
    )
    said.add("C15", 4, three_and(r.ge("inr", 1.5), r.multiple("alt", 10, "ge")))
    low_hb = anaemia(r)
    if not r.person.is_child and not r.person.pregnant:
        low_hb = three_or(low_hb, r.low("hb"))
    broken = three_or(r.multiple("ldh", 1.5, "gt"), r.positive("schistocytes"))
    three = three_and(r.lt("plt", 100), low_hb, broken)
    fourth = (r.high("creatinine"), r.low("haptoglobin"), r.positive("schistocytes"))
    said.add("C16", 4 if any(sign is True for sign in fourth) else 3, three)
    strained = three_or(r.ge("potassium", 6.0), r.multiple("creatinine", 1.5, "gt"))
    muscle = three_or(r.multiple("ck", 5, "ge"), r.ge("ck", 2000))
    said.add("C17", 3, muscle)
    said.add("C17", 4, three_and(r.ge("ck", 2000), strained))
    said.add("C18", 3, r.multiple("lipase", 3, "ge"))
    said.add("C18", 3, r.multiple("amylase", 3, "ge"))


def red_patterns(said, r):
    if r.person.is_child:
        return
    low_calcium = calcium(r, "le", 0.75, 7.0, 1.75)
    signs = [r.ge("urate", 8.0), r.ge("potassium", 6.0), r.ge("phosphate", 4.5), low_calcium]
    count = sum(sign is True for sign in signs)
    said.add("R71", 4, count >= 3)
    said.add("R71", 3, three_and(count == 2, r.multiple("ldh", 1.5, "gt")))
    said.add("R72", 3, three_and(r.low("phosphate"), r.low("potassium"), r.low("magnesium")))
    long_pt = three_or(r.high("pt"), r.high("inr"))
    spent = three_or(r.low("fibrinogen"), r.high("ddimer"))
    said.add("R73", 4, three_and(long_pt, r.high("aptt"), r.low("plt"), spent))


def critical(said, r):
    single_limits(said, r)
    kidney(said, r)
    glucose_patterns(said, r)
    organs(said, r)
    red_patterns(said, r)
    general(said, r)


assert set(NAMED_LOW) <= set(CATALOGUE)
