# SPDX-License-Identifier: Apache-2.0
"""Reports made up for the comparison: results that belong together, with values at, just beside and
far from each threshold, in either system of units."""
from report import CATALOGUE
from values import PAIRS

# What a pattern needs together.
GROUPS = (
    "glucose bicarbonate ph_art ketones sodium bun chloride albumin",
    "glucose_fasting hba1c insulin trig hdl chol hb mcv eag",
    "glucose_2h hba1c potassium sodium urea",
    "chol hdl ldl trig non_hdl vldl apo_b lpa_molar lpa_mass hs_crp",
    "creatinine bun urea egfr uacr urate potassium phosphate calcium albumin ldh ck",
    "sodium potassium chloride bicarbonate anion_gap osmolality glucose bun",
    "calcium albumin calcium_ion calcium_adj pth phosphate magnesium vit_d alp",
    "calcium albumin pth potassium magnesium phosphate",
    "alt ast alp ggt bili_total bili_direct bili_indirect albumin inr plt ck ammonia",
    "alt ast plt inr bili_total ldh hb haptoglobin schistocytes creatinine retic_abs",
    "hb hct rbc mcv mch mchc rdw_cv ferritin iron tibc uibc tsat crp",
    "hb mcv b12 folate tsh ferritin crp retic_pct",
    "wbc neut_abs neut_pct lymph_abs lymph_pct mono_abs mono_pct eos_abs eos_pct baso_abs "
    "baso_pct hb plt blasts malaria_parasites",
    "pt inr aptt fibrinogen ddimer plt hb",
    "tsh ft4 ft3 cortisol_am prolactin testosterone fsh lh hcg",
    "psa cea ca125 ca199 ca153 afp hbsag anti_hcv hiv",
    "tni_hs tnt_hs tni bnp nt_probnp ck crp esr lactate",
    "total_protein albumin globulin ag_ratio lipase amylase creatinine",
    "creatinine bili_total inr sodium albumin alt plt",
    "chloride osmolality pco2_art po2_art phosphate crp hb",
)
NEAR = {
    "ldl": (100, 130, 160, 190),
    "trig": (150, 400, 500, 800, 1000),
    "hdl": (40, 50),
    "hba1c": (5.7, 6.5),
    "egfr": (15, 30, 45, 60, 90),
    "uacr": (30, 300),
    "potassium": (2.8, 3.0, 3.5, 5.3, 5.5, 6.0),
    "sodium": (120, 125, 130, 135, 145, 150, 155),
    "bicarbonate": (11, 15, 18, 22, 24, 29, 40),
    "hb": (7, 8, 10, 10.5, 10.8, 11, 11.7, 12, 13, 16, 16.5, 20),
    "mcv": (70, 80, 100),
    "ferritin": (15, 45, 70, 100, 200, 300, 1000),
    "b12": (180, 350),
    "folate": (3, 4),
    "vit_d": (12, 20, 50, 100, 150),
    "wbc": (1, 2, 3.6, 4, 11, 50),
    "neut_abs": (0.5, 1.0, 1.5, 1.8),
    "eos_abs": (0.5, 1.5),
    "lymph_abs": (5,),
    "mono_abs": (1,),
    "plt": (20, 50, 100, 135, 150, 450, 1000),
    "inr": (1.3, 1.5, 5.0),
    "crp": (5, 10, 100, 300),
    "hs_crp": (1, 3, 10),
    "bnp": (100,),
    "nt_probnp": (125,),
    "tsh": (0.1, 0.4, 4, 10),
    "creatinine": (0.7, 0.9, 1.3, 2.2, 2.6, 4.0),
    "calcium": (6, 7.0, 8.6, 10.2, 12.0, 13.0),
    "calcium_adj": (1.75, 2.2, 2.6, 3.0, 3.25),
    "calcium_ion": (0.75, 1.12, 1.23, 1.4, 1.5),
    "albumin": (1.5, 3.5),
    "urate": (6.8, 8.0),
    "phosphate": (1.0, 4.5),
    "lactate": (2.2, 3.5),
    "bili_total": (1.2, 2.4, 4, 13.2),
    "alt": (40, 80, 120, 200, 400, 600),
    "ast": (40, 80, 200, 300, 600),
    "ck": (320, 1000, 1600, 2000),
    "amylase": (125, 375),
    "lipase": (140, 420),
    "ldh": (250, 375),
    "hct": (20, 48, 49, 60),
    "tsat": (20, 45, 50),
    "lpa_molar": (125, 250),
    "lpa_mass": (50, 100),
    "rdw_cv": (16,),
    "cortisol_am": (3.6,),
    "ft4": (0.8, 1.8, 3.6, 5.1),
    "ph_art": (7.2, 7.3, 7.6),
    "urea": (180,),
    "bun": (84,),
    "ammonia": (200,),
    "mchc": (37,),
}
for _name in ("glucose", "glucose_fasting", "glucose_2h"):
    NEAR[_name] = (54, 70, 90, 100, 126, 200, 250, 300, 400, 600)
WORDS = ("positive", "negative", "2+", "reactive", "Not detected", "trace")


def plausible(analyte, value):
    return min(max(value, analyte.plaus_low), analyte.plaus_high)


def middle(analyte):
    low, high = analyte.interval("M")
    if low is None and high is None:
        return max(analyte.plaus_low, 1) * 3
    return (low if low is not None else high * 0.2, high if high is not None else low * 3)


def canonical_value(source, analyte):
    """At a threshold, one step beside it, or anywhere."""
    near = NEAR.get(analyte.id, ())
    step = 10.0**-analyte.decimals
    if near and source.random() < 0.55:
        return source.choice(near) + source.choice((-1, 0, 0, 1)) * step
    spread = middle(analyte)
    low, high = spread if isinstance(spread, tuple) else (spread * 0.3, spread * 3)
    width = (high - low) or 1
    draw = source.random()
    if draw < 0.35:
        return low + source.random() * width
    if draw < 0.7:
        return high + source.random() * 2 * width
    if draw < 0.9:
        return low - source.random() * (low - max(analyte.plaus_low, 0))
    return high * (1 + 14 * source.random())


def value_in(source, analyte, unit):
    """In the unit, with as many digits as laboratories print, at printed thresholds too."""
    pairs = PAIRS.get((analyte.id, unit))
    factor, offset = analyte.units[unit]
    if pairs and source.random() < 0.6:
        value = source.choice(list(pairs.values()))
        step = 1 if value >= 20 and unit != "mmol/L" else 0.1 if value >= 3.5 else 0.01
        return round(value + source.choice((-1, 0, 0, 1)) * step, 3)
    value = plausible(analyte, canonical_value(source, analyte))
    value = (value - offset) / factor
    digits = analyte.decimals if factor == 1 else 2 if abs(value) < 20 else 1
    return round(value, digits)


def reference(source, analyte, unit):
    low, high = analyte.interval("M")
    factor, offset = analyte.units[unit]
    if low is None and high is None:
        low, high = 5, 20
    shift = source.choice((0.9, 0.95, 1.0, 1.1))
    made = {}
    if low is not None:
        made["low"] = float(f"{(low * shift - offset) / factor:.3g}")
    if high is not None:
        made["high"] = float(f"{(high * shift - offset) / factor:.4g}")
    return made


def row(source, name):
    analyte = CATALOGUE[name]
    if analyte.scale == "Ord":
        return {"analyte": name, "value": source.choice(WORDS)}
    others = [unit for unit in analyte.units if analyte.is_other(unit)]
    unit = source.choice(others) if others and source.random() < 0.4 else analyte.unit
    if name == "hba1c" and unit == "{NGSP}":
        unit = "%"
    made = {"analyte": name, "value": value_in(source, analyte, unit), "unit": unit}
    if source.random() < 0.06:
        made["comparator"] = source.choice(("<", ">", "<=", ">="))
    if source.random() < 0.2:
        made["reference"] = reference(source, analyte, unit)
        if made["reference"].get("low", 0) > made["reference"].get("high", 1e99):
            del made["reference"]
    if source.random() < 0.02:
        del made["unit"]
    return made


def person(source):
    made = {"sex": source.choice(("M", "F", "M", "F", None))}
    if source.random() < 0.9:
        ages = (source.randint(18, 95), source.randint(18, 95), source.choice((17, 18, 34, 35, 65)))
        made["age_years"] = source.choice((*ages, source.randint(0, 17)))
    if made["sex"] != "M" and source.random() < 0.15:
        made["pregnant"] = True
        made["trimester"] = source.choice((1, 2, 3, None))
        if made["trimester"] is None:
            del made["trimester"]
    for flag in ("dialysis", "chronic_liver_disease", "anticoagulated"):
        if source.random() < 0.12:
            made[flag] = True
    return made


def report(source):
    names = source.choice(GROUPS).split()
    if source.random() < 0.3:
        names += source.choice(GROUPS).split()
    names = [name for name in dict.fromkeys(names) if source.random() < 0.75]
    rows = [row(source, name) for name in names or ["hb"]]
    for one in list(rows):
        if one["analyte"] == "creatinine" and source.random() < 0.3:
            history(source, rows, one)
    source.shuffle(rows)
    return {"patient": person(source), "observations": rows}


def history(source, rows, one):
    one["collected"] = "2026-11-20T08:00:00Z"
    when = source.choice(
        ("2026-11-18T08:00:00Z", "2026-11-18T07:59:00Z", "2026-11-13T08:00:00Z", "2026-11-12")
    )
    before = dict(one, collected=when, value=round(one["value"] / source.uniform(1, 2), 2))
    before.pop("comparator", None)
    if before["value"] > 0:
        rows.append(before)
