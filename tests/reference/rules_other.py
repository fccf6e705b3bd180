# SPDX-License-Identifier: Apache-2.0
"""The checks of the verifier and the advice on food and exercise, written down anew from sections
3 and 4 of the text."""
from rules_critical import TROPONINS
from values import three_and, three_or


def off(values, test):
    return values is not None and test(*values)


def from_computed(r, name, formula):
    """How far the printed value is from the computed one."""
    printed, computed = r.exact(name), r.derived.get(formula)
    return None if printed is None or computed is None else abs(printed[0] - computed)


def counts(said, r):
    said.add("V01", 0, off(r.exact("hct", "rbc", "mcv"), lambda h, n, v: abs(h - n * v / 10) > 3))
    mch = r.exact("mch", "hb", "rbc")
    said.add("V02", 0, off(mch, lambda m, h, n: abs(m - h * 10 / n) > 1.5))
    mchc = r.exact("mchc", "hb", "hct")
    said.add("V03", 0, off(mchc, lambda m, h, v: abs(m - h * 100 / v) > 1.5))
    said.add("V03", 0, r.gt("mchc", 37))
    pair = r.exact("hct", "hb")
    if pair and not r.has("mchc"):
        said.add("V03", 0, not 2.4 <= pair[0] / pair[1] <= 3.8)
    kinds = ("neut", "lymph", "mono", "eos", "baso")
    shares = r.exact(*(f"{kind}_pct" for kind in kinds))
    said.add("V04", 0, shares is not None and not 95 <= round(sum(shares), 9) <= 105)
    for kind in kinds:
        three = r.exact(f"{kind}_abs", f"{kind}_pct", "wbc")
        said.add("V04", 0, off(three, lambda a, p, w: abs(a - p * w / 100) > max(0.15, 0.1 * a)))


def chemistry(said, r):
    three = r.exact("bili_total", "bili_direct", "bili_indirect")
    said.add("V05", 0, off(three, lambda t, d, i: abs(t - d - i) > max(0.15, 0.05 * t)))
    total, direct = r.bounds("bili_total"), r.bounds("bili_direct")
    said.add("V05", 0, total is not None and direct is not None and direct[0] > total[1])
    proteins = r.exact("total_protein", "albumin", "globulin")
    said.add("V06", 0, off(proteins, lambda p, a, g: abs(p - a - g) > 0.3))
    ratio = r.exact("ag_ratio", "albumin", "globulin")
    said.add("V06", 0, off(ratio, lambda q, a, g: abs(q - a / g) > 0.2))
    said.add("V07", 0, off(r.exact("chol", "hdl", "ldl"), lambda c, h, low: h + low - c > 1.5))
    non = r.exact("non_hdl", "chol", "hdl")
    said.add("V07", 0, off(non, lambda n, c, h: c > h and abs(n - (c - h)) > 3))
    vldl = r.exact("vldl", "trig")
    said.add("V07", 0, off(vldl, lambda v, t: t < 400 and abs(v - t / 5) > 5))
    iron = r.exact("tibc", "iron", "uibc")
    said.add("V08", 0, off(iron, lambda t, i, u: abs(t - i - u) > 0.05 * t))
    away = from_computed(r, "tsat", "F23")
    said.add("V08", 0, away is not None and away > 3)
    gap = r.exact("anion_gap")
    if gap and "F09" in r.derived:
        potassium = r.exact("potassium")
        away = gap[0] - r.derived["F09"]
        with_k = potassium is not None and abs(away - potassium[0]) <= 2
        said.add("V09", 0, abs(away) > 2 and not with_k)
    away = from_computed(r, "eag", "F18")
    said.add("V10", 0, away is not None and away > 5)
    egfr = r.exact("egfr")
    if egfr and "F01" in r.derived and not r.person.pregnant and not r.person.is_child:
        said.add("V11", 0, abs(egfr[0] - r.derived["F01"]) > 5)
    both = r.exact("urea", "bun")
    said.add("V12", 0, off(both, lambda u, b: abs(u / b - 2.14) > 0.15))


def artefacts(said, r):
    edta = three_and(r.gt("potassium", 6), r.lt("calcium", 6), r.low("alp"))
    said.add("V16", 0, edta)
    for name in ("glucose", "glucose_fasting", "glucose_2h"):
        said.add("V17", 0, three_and(r.lt(name, 54), r.high("potassium")))


def verify(said, r):
    counts(said, r)
    chemistry(said, r)
    artefacts(said, r)


def food(said, r):
    person, fired, urgent = r.person, said.rules, said.urgency() >= 3
    said.add("N00", 0, urgent)
    if urgent:
        return
    said.add("N15", 0, person.pregnant or person.dialysis)
    if person.pregnant or person.dialysis:
        return
    ldl = r.ge("ldl", 100) if r.has("ldl") else fired.get("R10") == 1  # computed
    said.add("N01", 0, three_or(ldl, "R12" in fired))
    said.add("N02", 0, "R13" in fired)
    said.add("N03", 0, any(rule in fired for rule in ("R01", "R02", "R03", "R04", "R05")))
    for advice, rule in (("N04", "R42"), ("N05", "R48"), ("N06", "R49")):
        said.add(advice, 0, rule in fired)
    said.add("N07", 0, r.lt("vit_d", 20))
    said.add("N08", 0, r.gt("urate", 6.8))
    egfr = r.lt("egfr", 60) if r.has("egfr") else r.derived.get("F01", 60) < 60
    said.add("N09", 0, egfr)
    said.add("N10", 0, three_or(r.ge("potassium", 5.3), r.lt("potassium", 3.5)))
    said.add("N11", 0, person.anticoagulated)
    said.add("N12", 0, three_or(r.low("albumin"), r.low("prealbumin")))
    said.add("N13", 0, r.lt("sodium", 135))
    high = three_or(r.high("ferritin"), r.high("tsat"))
    said.add("N14", 0, "R45" in fired or "R46" in fired or high)


def exercise(said, r):
    fired, urgency = said.rules, said.urgency()
    calm = urgency < 4
    said.add("E01", 0, urgency == 4)
    heart = [r.high(name) for name in TROPONINS]
    said.add("E02", 0, three_or(*heart, r.ge("bnp", 100), r.ge("nt_probnp", 125)))
    said.add("E00", 0, urgency == 3)
    said.add("E03", 0, three_and(calm, r.lt("hb", 10)))
    said.add("E04", 0, r.lt("plt", 50))
    said.add("E05", 0, r.lt("neut_abs", 0.5))
    potassium = three_or(r.lt("potassium", 3.0), r.ge("potassium", 5.5))
    calcium = three_or(
        r.ge("calcium", 12.0),
        r.ge("calcium_adj", 3.0),
        r.ge("calcium_ion", 1.4),
        corrected_high(r),
    )
    said.add("E06", 0, three_and(calm, three_or(potassium, r.lt("sodium", 130), calcium)))
    for name in ("glucose", "glucose_fasting", "glucose_2h"):
        sick = three_and(r.gt(name, 250), r.positive("ketones"))
        said.add("E07", 0, three_or(r.gt(name, 300), sick))
        said.add("E07", 0, three_and(calm, r.lt(name, 90), r.ge("hba1c", 6.5)))
    said.add("E08", 0, r.multiple("ck", 5, "ge"))
    said.add("E09", 0, three_or(r.gt("inr", 5), r.ge("aptt", 85)))
    said.add("E10", 0, three_and(calm, r.gt("crp", 100)))
    blocked = ("E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "E10")
    free = not any(rule in fired for rule in blocked)
    said.add("E11", 0, urgency < 3 and free and not r.person.pregnant)
    work = [r.high(name) for name in ("ast", "ck", "ldh", "potassium", "creatinine")]
    said.add("E12", 0, three_and(calm, three_or(*work)))


def corrected_high(r):
    value = r.derived.get("F13")
    if value is None:
        return None
    si = r.results["calcium"].unit == "mmol/L"
    return (value / 4.0078 >= 2.995 - 1e-9) if si else value >= 11.95 - 1e-9


def advice(said, r):
    if r.person.is_child:
        return
    food(said, r)
    exercise(said, r)
