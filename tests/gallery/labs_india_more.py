# SPDX-License-Identifier: Apache-2.0
"""More Indian reports: lakhs, words of judgement, urine, serology, hormones."""
from gallery import PANELS, esc, head, table
from labs_india import CBC, LFT, foot, indian_head


def lakhs(doc):
    indian_head(doc, "VILLAGE PATHOLOGY")
    items = [
        ("Haemoglobin", "11.2", "gms%", "12 - 16"),
        ("Total Leucocyte Count", "8,400", "cells/cumm", "4,000 - 11,000"),
        ("Platelet Count", "1,50,000", "/cumm", "1,50,000 - 4,50,000"),
        ("RBC Count", "4.2", "millions/cumm", "4.0 - 5.5"),
        ("Platelets", "2.5", "Lakhs/cumm", "1.5 - 4.5"),
        ("ESR", "22", "mm/hr", "0 - 20"),
        ("Absolute Eosinophil Count", "3.8x10^2", "/cumm", "40 - 440"),
        ("PCV", "33.6", "%", "36 - 46"),
        ("Blood Group", "O Positive", None, None),
        ("Malarial Parasite", "Not Seen", None, None),
    ]
    rows = []
    for name, value, unit, ref in items:
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, ref])
    doc.add(
        table(
            ["Investigation", "Result", "Unit", "Normal Range"], rows, ["", "align=right", "", ""]
        )
    )
    foot(doc)


def status_word(doc):
    """A word of judgement in every row, no unit column for some."""
    indian_head(doc, "HEALTH EXAMPLE")
    rows = []
    for r in doc.panel(CBC + LFT):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = {"H": "High", "L": "Low", "": "Normal"}[r.judged]
        rows.append([esc(r.name), r.value, r.unit, esc(r.ref), r.flag])
    doc.add(table(["Parameter", "Result", "Unit", "Reference Range", "Status"], rows))


def status_first(doc):
    indian_head(doc, "HEALTH EXAMPLE")
    rows = []
    for r in doc.panel(CBC):
        if isinstance(r, str):
            continue
        r.flag = {"H": "Above Range", "L": "Below Range", "": "In Range"}[r.judged]
        rows.append([r.flag, esc(r.name), r.value, esc(r.ref), r.unit])
    doc.add(table(["Status", "Test", "Result", "Range", "Unit"], rows))


URINE = PANELS["india URINE"]


def urine(doc):
    indian_head(doc, "URINE EXAMINATION")
    rows = []
    for r in doc.panel(URINE):
        rows.append(r if isinstance(r, str) else [esc(r.name), r.value, r.unit, r.ref])
    doc.add(table(["Test Name", "Result", "Unit", "Bio. Ref. Interval"], rows))
    foot(doc)


def serology(doc):
    indian_head(doc, "SEROLOGY")
    items = (
        ("HIV I & II Antibodies", "Non Reactive", "Non Reactive"),
        ("HBsAg", "Non Reactive", "Non Reactive"),
        ("Anti HCV", "Non Reactive", "Non Reactive"),
        ("VDRL", "Non Reactive", "Non Reactive"),
        ("Dengue NS1 Antigen", "Negative", "Negative"),
        ("Dengue IgM", "Positive", "Negative"),
    )
    rows = []
    for name, value, ref in items:
        doc.row(name, value, None, ref)
        rows.append([esc(name), value, ref])
    doc.add(table(["Test", "Result", "Reference Value"], rows))


def hormone_phases(doc):
    """Intervals of many lines by phase and age."""
    indian_head(doc, "HORMONE EXAMPLE")
    items = (
        (
            "FSH",
            "mIU/mL",
            (
                "Follicular phase: 3.5 - 12.5|Ovulatory phase: 4.7 - 21.5|Luteal phase: 1.7 -"
                " 7.7|Post menopausal: 25.8 - 134.8"
            ),
        ),
        (
            "LH",
            "mIU/mL",
            (
                "Follicular phase: 2.4 - 12.6|Ovulatory phase: 14.0 - 95.6|Luteal phase: 1.0 -"
                " 11.4|Post menopausal: 7.7 - 58.5"
            ),
        ),
        ("Prolactin", "ng/mL", "Male: 4.04 - 15.2|Female: 4.79 - 23.3"),
        (
            "Estradiol (E2)",
            "pg/mL",
            (
                "Follicular phase: 12.4 - 233|Ovulatory phase: 41 - 398|Luteal phase: 22.3 -"
                " 341|Post menopausal: &lt; 5 - 138"
            ),
        ),
        (
            "TSH",
            "µIU/mL",
            (
                "Adult: 0.35 - 4.94|First Trimester: 0.1 - 2.5|Second Trimester: 0.2 - 3.0|Third"
                " Trimester: 0.3 - 3.0"
            ),
        ),
    )
    rows = []
    for name, unit, ref in items:
        value = doc.number(2, 9, 2)
        doc.row(name, value, unit, ref.replace("|", " ").replace("&lt;", "<"))
        rows.append([name, value, unit, ref.replace("|", "<br>")])
    doc.add(table(["TEST NAME", "RESULT", "UNITS", "BIOLOGICAL REFERENCE INTERVAL"], rows))
    doc.add("<p><b>TSH</b> reference ranges by age:</p>")
    ages = [
        ["0 - 3 days", "1.0 - 20.0"],
        ["3 days - 1 month", "0.5 - 6.5"],
        ["1 month - 5 years", "0.7 - 6.0"],
    ]
    doc.add(table(["Age", "TSH in µIU/mL"], ages))
    foot(doc)


def glucose_times(doc):
    indian_head(doc, "GLUCOSE TOLERANCE")
    items = (
        ("Glucose Fasting", "mg/dL", "70 - 100"),
        ("Glucose 1 Hour", "mg/dL", "&lt; 180"),
        ("Glucose 2 Hours", "mg/dL", "&lt; 140"),
        ("Blood Sugar (PP)", "mg/dL", "70 - 140"),
        ("Blood Sugar Random", "mg/dL", "70 - 140"),
    )
    rows = []
    for name, unit, ref in items:
        r = doc.row(name, None, unit, ref.replace("&lt;", "<"))
        rows.append([name, "Plasma", r.value, unit, ref])
    doc.add(table(["Test", "Specimen", "Result", "Unit", "Reference Range"], rows))


def coagulation(doc):
    indian_head(doc, "COAGULATION")
    rows = []
    for name, value, unit, ref in (
        ("Prothrombin Time (Patient)", "13.4", "Sec", "11.0 - 14.5"),
        ("Control (PT)", "12.0", "Sec", None),
        ("INR", "1.12", None, "0.8 - 1.2"),
        ("APTT (Patient)", "31.2", "Sec", "26 - 40"),
        ("D-Dimer", "< 0.20", "µg/mL FEU", "< 0.50"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, esc(value), unit, esc(ref)])
    doc.add(table(["Test", "Result", "Unit", "Reference Interval"], rows))
    doc.add(
        "<p>Therapeutic range of INR:</p><ul><li>Atrial fibrillation 2.0 - 3.0</li><li>Mechanical"
        " heart valves 2.5 - 3.5</li><li>Deep vein thrombosis INR 2.0 - 3.0</li></ul>"
    )


def smart_cards(doc):
    """A card for each result: name, value, unit and range on lines of their own."""
    indian_head(doc, "Smart Report")
    doc.css.append(
        ".c{border:1px solid #888;display:inline-block;width:30%;margin:4px;padding:4px}"
    )
    for r in doc.panel(LFT):
        if isinstance(r, str):
            continue
        r.flag = {"H": "High", "L": "Low", "": "Normal"}[r.judged]
        doc.add(
            f"<div class='c'><b>{esc(r.name)}</b><br><span style='font-size:130%'>{r.value}</span>"
            f" {r.unit or ''}<br>Range: {esc(r.ref)}<br>{r.flag}</div>"
        )
    doc.may_refuse = True


DOCS = [
    lakhs,
    status_word,
    status_first,
    urine,
    serology,
    hormone_phases,
    glucose_times,
    coagulation,
    smart_cards,
]
