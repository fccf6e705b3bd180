# SPDX-License-Identifier: Apache-2.0
"""The pattern rules R01 to R77, written down anew from the text: thresholds, bands and urgencies
as sections 0b and 2 give them."""
from rules_critical import anaemia, calcium
from values import rounded, three_and, three_not, three_or

GLUCOSES = ("glucose", "glucose_fasting", "glucose_2h")


def capped(r, name, urgency):
    """Decision 8: inside the printed interval U1 at most."""
    return min(urgency, 1) if r.in_own(name) else urgency


def sugar(said, r):
    fasting, a1c = "glucose_fasting", "hba1c"
    for name in GLUCOSES:
        said.add("R07", 3, r.band(name, 54, 70))
    if r.person.pregnant:
        return
    said.add("R01", 2, r.ge(fasting, 126))
    said.add("R02", 1, r.band(fasting, 100, 126))
    said.add("R03", 2, r.ge(a1c, 6.5))
    said.add("R04", 1, r.band(a1c, 5.7, 6.5))
    said.add("R05", 2, r.ge("glucose", 200))
    said.add("R05", 3, r.ge("glucose", 300))
    eag, plasma = r.derived.get("F18"), r.exact(fasting)
    if eag is not None and plasma:
        said.add("R06", 1, abs(eag - plasma[0]) > 0.3 * eag)
    said.add("R06", 1, three_and(r.has(a1c), three_or(r.lt("hb", 10), r.lt("mcv", 70))))
    said.add("R08", 0, "F16" in r.derived or "F17" in r.derived)
    hdl = r.lt("hdl", 50 if r.person.female else 40)
    parts = (r.ge("trig", 150), hdl, r.ge(fasting, 100))
    said.add("R09", 1, all(part is True for part in parts))


def computed(r, formula, limit, paired):
    """-1, 0, 1 of a computed lipid in the system of the report."""
    value = r.derived[formula]
    if r.is_si("chol"):
        value, limit = value / 38.665, paired
    return 0 if abs(value - limit) <= 1e-9 * limit else -1 if value < limit else 1


def lipids(said, r):
    if r.person.pregnant:
        return
    if r.has("ldl"):
        said.add("R10", 0, r.lt("ldl", 100))
        for low, high in ((100, 130), (130, 160), (160, 190)):
            said.add("R10", 1, r.band("ldl", low, high))
        said.add("R10", 1, r.ge("ldl", 190))
        said.add("R11", 2, r.ge("ldl", 190))
    elif "F03" in r.derived:
        said.add("R10", 0 if computed(r, "F03", 100, 2.6) < 0 else 1, True)
        said.add("R11", 2, computed(r, "F03", 190, 4.9) >= 0)
    if r.has("non_hdl"):
        said.add("R12", 1, r.ge("non_hdl", 130))
    elif "F04" in r.derived:
        said.add("R12", 1, computed(r, "F04", 130, 3.4) >= 0)
    if "C19" not in said.rules:
        said.add("R13", 1, r.ge("trig", 150))
        said.add("R13", 2, r.ge("trig", 500))
    said.add("R14", 0, r.lt("hdl", 50 if r.person.female else 40))
    said.add("R15", 1, three_or(r.ge("lpa_molar", 125), r.ge("lpa_mass", 50)))
    said.add("R16", 0, r.ge("apo_b", 0))
    middle = three_and(r.ge("hs_crp", 1), r.le("hs_crp", 3))
    upper = three_and(r.gt("hs_crp", 3), r.le("hs_crp", 10))
    said.add("R18", 0, three_or(middle, upper, r.gt("hs_crp", 10)))
    method(said, r)


def method(said, r):
    ldl = r.exact("ldl")
    formula = "F02" if r.lt("trig", 400) and "F02" in r.derived else "F03"
    if r.gt("trig", 800):
        said.add("R17", 0, three_and(r.ge("ldl", 0), r.ge("chol", 0), r.ge("hdl", 0)))
    elif ldl and formula in r.derived:
        said.add("R17", 0, abs(ldl[0] - r.derived[formula]) > 0.1 * ldl[0])


def egfr_bands(said, less_than):
    urgency = 0
    for limit, more in ((60, 1), (45, 2), (15, 3)):
        urgency = more if less_than(limit) else urgency
    said.add("R20", urgency, True)


def kidney(said, r):
    ours, theirs = r.derived.get("F01"), r.exact("egfr")
    if not r.person.pregnant:
        bands = [r.band("egfr", lo, hi) for lo, hi in ((0, 15), (15, 45), (45, 60), (60, 90))]
        if any(bands) or r.ge("egfr", 90) or r.lt("egfr", 15):
            egfr_bands(said, lambda limit: r.lt("egfr", limit))
        elif ours is not None:
            egfr_bands(said, lambda limit: ours < limit)
        if ours is not None and theirs:
            said.add("R22", 0, abs(theirs[0] - ours) > 5)
    said.add("R21", 0, r.lt("uacr", 30))
    said.add("R21", 1, three_and(r.ge("uacr", 30), r.le("uacr", 300)))
    said.add("R21", 2, r.gt("uacr", 300))
    ratio = r.derived.get("F25")
    raised = three_or(r.high("bun"), r.high("urea"))
    said.add("R23", 2, three_and(ratio is not None and ratio > 20, raised))


def electrolytes(said, r):
    if "C01" not in said.rules:
        said.add("R24", 3, r.lt("potassium", 3.0))
        said.add("R24", 2, r.lt("potassium", 3.5))
        said.add("R24", 2, r.ge("potassium", 5.3))
        said.add("R24", 3, r.ge("potassium", 5.5))
    if "C02" not in said.rules:
        said.add("R25", 2, r.lt("sodium", 135))
        said.add("R25", 3, r.lt("sodium", 130))
        said.add("R25", 2, r.gt("sodium", 145))
        said.add("R25", 3, r.ge("sodium", 150))
    measured = r.exact("osmolality")
    if measured and "F14" in r.derived:
        said.add("R26", 3, measured[0] - r.derived["F14"] > 10 + 1e-7)
    said.add("R27", 2, r.high("bicarbonate"))
    said.add("R27", 2, r.low("bicarbonate"))
    said.add("R27", 3, three_and(r.low("bicarbonate"), r.lt("bicarbonate", 15)))
    calcium_patterns(said, r)
    minerals(said, r)


def calcium_side(r, side):
    if r.has("calcium_ion"):
        return r.side("calcium_ion", side)
    if r.has("calcium_adj"):
        return r.side("calcium_adj", side)
    if "F13" not in r.derived:
        return r.side("calcium", side)
    one = r.results["calcium"]
    factor, _ = one.analyte.units[one.unit]
    value = rounded(r.derived["F13"] / factor, 1 if factor == 1 else 2)
    if one.low is None and one.high is None:
        return None
    if one.high is not None and value > one.high:
        return side == "H"
    return side == ("L" if one.low is not None and value < one.low else "N")


def calcium_patterns(said, r):
    said.add("R28", 2, three_or(calcium_side(r, "H"), calcium_side(r, "L")))
    if not r.has("calcium_ion"):
        said.add("R28", 3, calcium(r, "ge", None, 12.0, 3.0))


def minerals(said, r):
    said.add("R29", 1, three_and(r.low("potassium"), r.low("magnesium")))
    for name, least, most in (("phosphate", 1.0, None), ("magnesium", 1.0, 4.5)):
        said.add("R29", 1, three_and(r.low(name), r.gt(name, least)))
        said.add("R29", 1, three_and(r.high(name), most is None or r.lt(name, most)))
    said.add("R30", 0, r.gt("urate", 6.8))


def liver(said, r):
    for name in ("alt", "ast"):
        if "C15" not in said.rules:
            said.add("R31", 1, r.high(name) if r.multiple(name, 5, "lt") else None)
            said.add("R31", 2, three_and(r.multiple(name, 5, "ge"), r.multiple(name, 15, "lt")))
    said.add("R31", 2, three_and(r.multiple("ast", 15, "ge"), r.multiple("ck", 5, "ge")))
    said.add("R32", 1, "F07" in r.derived)
    ratio = r.derived.get("F08")
    if ratio is not None:
        said.add("R33", 1, three_and(ratio > 2 + 1e-9, r.lt("ast", 300)))
        said.add("R33", 1, three_and(ratio > 1 + 1e-9, r.low("plt")))
    if not r.person.pregnant:
        hepatic = three_or(r.high("ggt"), r.normal("ggt"))
        said.add("R35", 1, three_and(r.high("alp"), hepatic))
    fibrosis(said, r)
    gilbert(said, r)
    said.add("R39", 0, three_and(r.high("ggt"), r.normal("alp"), r.normal("alt")))
    synthesis = three_and(r.lt("albumin", 3.5), r.ge("inr", 1.5))
    if r.person.anticoagulated:
        said.add("S02", 0, synthesis)
    else:
        said.add("R37", 2, synthesis)
    said.add("R38", 1, "F22" in r.derived)
    said.add("R76", 2, r.high("bili_direct"))
    said.add("R75", 3, r.rising("lactate", 2.2, 3.5))


def fibrosis(said, r):
    value = r.derived.get("F05")
    if value is None or "C15" in said.rules:
        return
    middle = 2.0 if r.person.age >= 65 else 1.3
    said.add("R36", 2 if value >= 2.67 - 1e-9 else 1 if value >= middle - 1e-9 else 0, True)


def indirect(r):
    values = r.exact("bili_total")
    if not values or r.high("bili_total") is not True:
        return None
    direct, other = r.exact("bili_direct"), r.exact("bili_indirect")
    near = 1e-9
    return three_or(
        direct[0] <= 0.3 * values[0] * (1 + near) if direct else None,
        other[0] >= 0.7 * values[0] * (1 - near) if other else None,
    )


def gilbert(said, r):
    calm = not any(r.side(*s) for s in (("hb", "L"), ("retic_pct", "H"), ("retic_abs", "H")))
    said.add(
        "R34",
        0,
        three_and(
            indirect(r),
            r.lt("bili_total", 4),
            r.normal("alt"),
            r.normal("alp"),
            calm and r.has("hb"),
        ),
    )


def anaemias(said, r):
    person = r.person
    if "C07" not in said.rules:
        if person.pregnant:
            pregnancy(said, r)
        else:
            limit = 13.0 if person.male else 12.0
            said.add("R40", 1, three_and(r.lt("hb", limit), r.ge("hb", 11.0)))
            said.add("R40", 2, r.lt("hb", 11.0))
            said.add("R40", 3, r.lt("hb", 8.0))
    if person.pregnant:
        return
    low = anaemia(r)
    normal = three_and(r.ge("mcv", 80), r.le("mcv", 100))
    said.add("R41", 1, three_and(low, three_or(r.lt("mcv", 80), r.gt("mcv", 100), normal)))
    said.add("R47", 1, three_and(r.gt("mcv", 100), low is not True))
    iron(said, r, low)
    vitamins(said, r)


def pregnancy(said, r):
    trimester = r.person.trimester
    limit = {1: 11.0, 3: 11.0}.get(trimester, 10.5)
    said.add("R40", 1, three_and(r.lt("hb", limit), r.ge("hb", 10.0)))
    said.add("R40", 2, r.lt("hb", 10.0))
    said.add("S03", 1, three_and(trimester is None, r.band("hb", 10.5, 11.0)))


def saturation(r, least, most):
    """Whether it is under the one and over the other: printed, else computed, else as far as a
    printed comparator decides."""
    tsat = r.derived.get("F23")
    if r.has("tsat") and (r.exact("tsat") or tsat is None):
        return r.lt("tsat", least), r.gt("tsat", most)
    return (None, None) if tsat is None else (tsat < least - 1e-9, tsat > most)


def iron(said, r, low_hb):
    said.add("R42", capped(r, "ferritin", 2), r.lt("ferritin", 15))
    if "R42" not in said.rules:
        said.add("R42", capped(r, "ferritin", 2), three_and(r.lt("ferritin", 45), low_hb))
    if "R42" not in said.rules:
        said.add("R42", 1, three_and(r.lt("ferritin", 70), r.gt("crp", 5)))
    female = r.person.female
    low, high = saturation(r, 20, 45 if female else 50)
    said.add("R43", 1, three_and(low, r.ge("ferritin", 100), r.high("crp")))
    said.add("R45", 2, three_and(high, r.gt("ferritin", 200 if female else 300)))
    mentzer = r.derived.get("F24")
    said.add(
        "R44",
        1,
        three_and(
            r.lt("mcv", 80),
            r.has("rbc") and r.low("rbc") is not True,
            r.normal("ferritin"),
            mentzer is not None and mentzer < 13,
            r.le("rdw_cv", 16),
        ),
    )
    said.add("R46", 2, r.gt("ferritin", 1000))


def vitamins(said, r):
    said.add("R48", capped(r, "b12", 2), r.lt("b12", 180))
    said.add("R48", 1, three_and(r.ge("b12", 180), r.le("b12", 350)))
    said.add("R49", 1, r.lt("folate", 3))
    said.add("R49", 1, three_and(r.ge("folate", 3), r.le("folate", 4)))
    said.add("R59", capped(r, "vit_d", 2), r.lt("vit_d", 12))
    said.add("R59", 1, r.band("vit_d", 12, 20))
    said.add("R59", 0, three_and(r.ge("vit_d", 20), r.le("vit_d", 100)))
    said.add("R59", capped(r, "vit_d", 2), r.gt("vit_d", 100))
    said.add("R59", 3, three_and(r.gt("vit_d", 150), calcium_side(r, "H")))


def blood(said, r):
    signs = (
        r.high("ldh"),
        r.low("haptoglobin"),
        three_or(r.high("bili_indirect"), indirect(r)),
        three_or(r.high("retic_abs"), r.high("retic_pct")),
    )
    said.add("R50", 3, sum(sign is True for sign in signs) >= 3)
    said.add("R51", 2, r.lt("neut_abs", 1.5) if r.le("neut_abs", 0.5) is not True else None)
    said.add("R51", 3, three_and(r.le("neut_abs", 0.5) is not True, r.lt("neut_abs", 1.0)))
    said.add("R52", 1, three_and(r.gt("wbc", 11)))
    said.add("R52", 1, r.gt("eos_abs", 0.5))
    said.add("R52", 2, r.ge("eos_abs", 1.5))
    said.add("R52", 2, r.ge("lymph_abs", 5.0))
    said.add("R52", 1, r.gt("mono_abs", 1.0))
    said.add("R77", 1, r.lt("wbc", 4))
    said.add("R77", 2, r.lt("wbc", 2))
    if "C08" not in said.rules:
        said.add("R53", 1, r.band("plt", 100, 150))
        said.add("R53", 2, r.lt("plt", 100))
        said.add("R53", 1, r.gt("plt", 450))
    female = r.person.female
    said.add("R54", capped(r, "hb", 2), r.gt("hb", 16.0 if female else 16.5))
    said.add("R54", capped(r, "hct", 2), r.gt("hct", 48 if female else 49))
    lineages(said, r)
    clotting(said, r)


def lineages(said, r):
    hb = 9.9 if r.person.pregnant else 11.7 if r.person.male else 10.8
    white = r.le("wbc", 3.6) if r.has("wbc") else r.le("neut_abs", 1.8)
    low = (r.le("hb", hb), r.le("plt", 135), white)
    said.add("R55", 3, sum(one is True for one in low) >= 2)


def clotting(said, r):
    known = r.person.anticoagulated
    band = r.band("inr", 1.3, 5.0)
    said.add("S02" if known else "R56", 0 if known else 2, band)
    normal = three_or(r.normal("pt"), r.normal("inr"))
    long = three_or(r.high("pt"), r.high("inr"))
    said.add("R57", 2, three_and(r.high("aptt"), normal, long is not True))
    said.add("R58", 1, r.high("ddimer"))
    said.add("R58", 0, r.normal("ddimer"))


def other(said, r):
    age = r.person.age
    if age is None:
        said.add("R60", 0, r.high("esr"))
    else:
        esr, limit = r.results.get("esr"), age / 2 if r.person.male else (age + 10) / 2
        said.add("R60", 0, esr is not None and esr.bounds()[0] > limit)
    said.add("R61", 0, r.lt("crp", 10))
    said.add("R61", 1, r.ge("crp", 10))
    said.add("R61", 2, r.gt("crp", 100))
    said.add("R61", 3, r.ge("crp", 300))
    for name, limit in (("bnp", 100), ("nt_probnp", 125)):
        said.add("R62", 2, r.ge(name, limit))
        said.add("R62", 0, r.lt(name, limit))
    for name in ("cortisol_am", "prolactin", "testosterone", "fsh", "lh"):
        if not r.has(name) or not r.results[name].is_printed:
            continue
        if name != "cortisol_am" or "C20" not in said.rules:
            said.add("R68", 1, three_or(r.high(name), r.low(name)))
    for name in ("psa", "cea", "ca125", "ca199", "ca153", "afp"):
        said.add("R69", 1, r.high(name))
    for name in ("hbsag", "anti_hcv", "hiv"):
        said.add("R70", 2, r.positive(name))


def thyroid(said, r):
    if r.person.pregnant:
        return
    high, low = r.high("tsh"), r.low("tsh")
    double = r.multiple("ft4", 2, "gt")
    said.add("R63", 2, three_and(high, r.low("ft4")))
    said.add("R64", 1, three_and(high, r.normal("ft4"), r.lt("tsh", 10) is not None))
    said.add("R65", 2, three_and(low, three_or(r.high("ft4"), r.high("ft3")), double is not True))
    said.add("R65", 3, three_and(low, double))
    said.add("R66", 1, three_and(low, r.normal("ft4"), r.high("ft3") is not True, known_tenth(r)))
    said.add("R67", 2, three_and(three_or(low, r.normal("tsh")), r.low("ft4")))
    said.add("R67", 2, three_and(high, r.high("ft4")))
    if "R65" not in said.rules:
        alone = three_not(r.has("ft4"))
        far = three_or(r.lt("tsh", 0.1), r.ge("tsh", 10))
        said.add("R74", 2, three_and(far, alone))
        near = r.band("tsh", 0.1, 10)
        said.add("R74", 1, three_and(near, alone, three_or(high, low)))


def known_tenth(r):
    return True if r.lt("tsh", 0.1) is not None else None


def patterns(said, r):
    if r.person.is_child:
        return
    for part in (sugar, lipids, kidney, electrolytes, liver, anaemias, blood, other, thyroid):
        part(said, r)
