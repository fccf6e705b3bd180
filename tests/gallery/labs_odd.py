# SPDX-License-Identifier: Apache-2.0
"""What is no plain table: lists, cards, several results beside each other, pages without any."""
from gallery import PANELS, esc, head, table

PANEL = PANELS["odd PANEL"]


def plain_head(doc, title="Blood Test Report"):
    head(
        doc,
        [
            ("Patient Name", doc.person),
            ("Age", "38"),
            ("Gender", "Female"),
            ("Date", "2023-05-14"),
            ("Patient ID", "P-10293"),
        ],
        1,
        title,
    )


def bullets(doc):
    plain_head(doc)
    doc.add("<ul>")
    for r in doc.panel(PANEL):
        word = {"H": "High", "L": "Low", "": "Normal"}[r.judged]
        r.flag = word
        doc.add(f"<li>{esc(r.name)}: {r.value} {r.unit} (Reference: {esc(r.ref)}) - {word}</li>")
    doc.add("</ul>")


def bullets_bracket(doc):
    plain_head(doc)
    for r in doc.panel(PANEL):
        word = {"H": "HIGH", "L": "LOW", "": None}[r.judged]
        r.flag = word
        doc.add(
            f"<p><b>{esc(r.name)}</b>: {r.value} {r.unit} [Ref:"
            f" {esc(r.ref)} {r.unit}]{' ' + word if word else ''}</p>"
        )


def equals(doc):
    plain_head(doc)
    for r in doc.panel(PANEL):
        doc.add(f"<p>{esc(r.name)} = {r.value} {r.unit} ({esc(r.ref)})</p>")


def pipes(doc):
    plain_head(doc)
    for r in doc.panel(PANEL):
        r.flag = {"H": "High", "L": "Low", "": "Normal"}[r.judged]
        doc.add(f"<div>{esc(r.name)} | {r.value} {r.unit} | {esc(r.ref)} | {r.flag}</div>")
    doc.may_refuse = True


def value_with_unit(doc):
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        r.flag = {"H": "High", "L": "Low", "": "Normal"}[r.judged]
        rows.append([esc(r.name), f"{r.value} {r.unit}", f"{esc(r.ref)} {r.unit}", r.flag])
    doc.add(table(["Test", "Result", "Reference Range", "Status"], rows, style="border:1px solid"))


def numbered(doc):
    plain_head(doc)
    rows = []
    for i, r in enumerate(doc.panel(PANEL)):
        r.flag = {"H": "▲", "L": "▼", "": None}[r.judged]
        rows.append([str(i + 1), esc(r.name), "718-7", r.value, r.flag, r.unit, esc(r.ref)])
    doc.add(table(["S.No", "Test Name", "LOINC", "Result", "", "Units", "Reference Range"], rows))


def glued_flags(doc):
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        r.flag = {"H": "[H]", "L": "[L]", "": None}[r.judged]
        rows.append([esc(r.name), f"{r.value}{r.flag or ''}", r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "Units", "Reference"], rows))


def star_flags(doc):
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        r.flag = {"H": "**H", "L": "**L", "": None}[r.judged]
        rows.append([esc(r.name), r.value, r.flag, r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "Flag", "Units", "Reference"], rows))


def spaced_numbers(doc):
    doc.comma, doc.language = True, "fr"
    head(
        doc,
        [
            ("Patient", doc.person),
            ("Né le", "12/03/1968"),
            ("Sexe", "M"),
            ("Prélevé le", "14/05/2023"),
        ],
        2,
        "Laboratoire",
    )
    rows = []
    for name, value, unit, ref in (
        ("Plaquettes", "248 000", "/mm³", "150 000 - 400 000"),
        ("Leucocytes", "6 840", "/mm³", "4 000 - 10 000"),
        ("Hématies", "4 850 000", "/mm³", "4 500 000 - 5 700 000"),
        ("Hémoglobine", "14,2", "g/dL", "13,0 - 17,0"),
        ("Polynucléaires neutrophiles", "3 762", "/mm³", "1 800 - 7 500"),
        ("CRP", "3,1", "mg/L", "< 5,0"),
    ):
        value, ref = value.replace(" ", "\u00a0"), ref.replace(" 0", "\u202f0")
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, esc(ref)])
    doc.add(table(["Analyse", "Résultat", "Unité", "Valeurs de référence"], rows))


def three_beside(doc):
    """Three results beside each other in one table, one heading each."""
    plain_head(doc)
    rows, line = [], []
    for r in doc.panel(PANEL):
        r.ref, r.flag = None, None
        line += [esc(r.name), r.value, r.unit]
        if len(line) == 9:
            rows.append(line)
            line = []
    doc.add(table(["Test", "Result", "Unit"] * 3, rows))


def five_beside(doc):
    """Five names on a line, five values below."""
    plain_head(doc)
    items = [
        ("Na", "140"),
        ("K", "4.1"),
        ("Cl", "102"),
        ("CO2", "25"),
        ("BUN", "14"),
        ("Creat", "0.9"),
        ("Gluc", "95"),
        ("Ca", "9.4"),
        ("Mg", "2.0"),
        ("Phos", "3.4"),
    ]
    for start in (0, 5):
        part = items[start : start + 5]
        for name, value in part:
            doc.row(name, value)
        doc.add(table([n for n, _ in part], [[v for _, v in part]]))
    doc.may_refuse = True


def two_columns(doc):
    """A page of two columns of text, each a list."""
    plain_head(doc)
    doc.css.append(".two{columns:2;column-gap:30px}.two div{break-inside:avoid}")
    doc.add("<div class='two'>")
    for r in doc.panel(PANEL):
        doc.add(f"<div>{esc(r.name)}: {r.value} {r.unit} ({esc(r.ref)})</div>")
    doc.add("</div>")


def panels_of_kinds(doc):
    """Tables with different columns on a page."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL.split("Glucose")[0]):
        rows.append([esc(r.name), r.value, r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))
    rows = []
    for r in doc.panel("Total Cholesterol | mg/dL | < 200\nTriglycerides | mg/dL | < 150"):
        r.flag = {"H": "High", "L": "Low", "": None}[r.judged]
        rows.append([esc(r.name), esc(r.ref), r.unit, r.value, r.flag])
    doc.add(
        "<h4>Lipids</h4>", table(["Analyte", "Reference Interval", "Units", "Value", "Flag"], rows)
    )
    rows = []
    for name, value in (("HBsAg", "Negative"), ("HIV 1/2 Ab", "Negative"), ("RPR", "Non Reactive")):
        doc.row(name, value)
        rows.append([name, value])
    doc.add("<h4>Serology</h4>", table(["Test", "Result"], rows))


def blank_form(doc):
    """A request form: names, boxes, codes and prices, no result."""
    plain_head(doc, "LABORATORY REQUISITION FORM")
    names = [line.split("|") for line in PANEL.strip().splitlines()]
    rows = [
        [f"☐ {n[0].strip()}", f"CPT {80000 + 53 * i}", f"${20 + i}.00"] for i, n in enumerate(names)
    ]
    doc.add(table(["Test", "Code", "Fee"], rows))
    rows = [[n[0].strip(), "________", n[1].strip(), esc(n[2].strip())] for n in names]
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))
    doc.add(
        "<p>Please return within 5 days to 1200 Main St, Suite 300, Springfield 62701. Fax"
        " 555-0134.</p>"
    )


def antibiogram(doc):
    plain_head(doc, "Culture and Sensitivity")
    doc.add("<p>Organism: Escherichia coli &gt;100,000 CFU/mL</p>")
    rows = []
    for drug in (
        "Amikacin",
        "Ampicillin",
        "Ceftriaxone",
        "Ciprofloxacin",
        "Gentamicin",
        "Meropenem",
        "Nitrofurantoin",
        "Piperacillin/Tazobactam",
    ):
        mic, sir = doc.pick(("<=2", "4", ">=32", "8")), doc.pick("SIR")
        rows.append([drug, esc(mic), sir, f"{doc.pick((14, 18, 22))}"])
    doc.add(table(["Antibiotic", "MIC (µg/mL)", "Interpretation", "Zone (mm)"], rows))


def guide(doc):
    """A page that explains results, with numbers and without any."""
    plain_head(doc, "Understanding your results")
    doc.add(
        "<p>A normal hemoglobin is 12.0 to 15.5 g/dL in women and 13.5 to 17.5 g/dL in men. Fasting"
        " glucose below 100 mg/dL is normal, 100 to 125 mg/dL is prediabetes and 126 mg/dL or more"
        " is diabetes.</p>"
    )
    rows = [
        ["Hemoglobin (adult male)", "13.5 - 17.5 g/dL"],
        ["Hemoglobin (adult female)", "12.0 - 15.5 g/dL"],
        ["Newborn", "14.0 - 24.0 g/dL"],
        ["Platelets", "150,000 - 450,000 /µL"],
        ["INR on warfarin", "2.0 - 3.0"],
    ]
    doc.add(table(["Test", "Reference range"], rows))
    doc.add(
        "<p>1. Smith J, Doe R. Lipids. N Engl J Med 2018;379:1045-1057. 2. WHO. Haemoglobin. Geneva"
        " 2011; 11.1:1-6.</p>"
    )


def notes_between(doc):
    """Remarks full of numbers between the rows."""
    plain_head(doc)
    remarks = (
        "Note: values &lt;5.7 normal, 5.7-6.4 prediabetes, &gt;=6.5 diabetes.",
        "Ref: Tietz 6th ed., p. 1234-1240; ATP III 2001;285:2486.",
        "Fasting 12 h. Newborn 14.0 - 24.0, 1 month 10.0 - 20.0, 2 years 10.5 - 13.5 g/dL.",
        "Tested on analyser 4, reagent lot 20231107, calibrated 2 h ago.",
        "Target in diabetes &lt; 70 mg/dL, in others &lt; 116 mg/dL.",
    )
    rows = []
    for i, r in enumerate(doc.panel(PANEL)):
        rows.append([esc(r.name), r.value, r.unit, esc(r.ref)])
        if i % 3 == 2:
            rows.append(remarks[i // 3])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))


def children(doc):
    """Ranges of many ages below each name, headed by the name of the analyte."""
    plain_head(doc, "Paediatric panel")
    for name, value, unit, bands in (
        (
            "Hemoglobin",
            "11.4",
            "g/dL",
            (
                ("0 - 14 days", "13.4 - 19.9"),
                ("15 days - 1 month", "10.7 - 17.1"),
                ("2 - 5 years", "11.5 - 14.5"),
            ),
        ),
        (
            "Alkaline Phosphatase",
            "212",
            "U/L",
            (
                ("0 - 1 year", "82 - 383"),
                ("1 - 10 years", "142 - 335"),
                ("10 - 13 years", "129 - 417"),
            ),
        ),
    ):
        doc.row(name, value, unit, None)
        doc.add(table(["Test", "Result", "Unit"], [[name, value, unit]]))
        doc.add(f"<p><i>{name} reference by age ({unit})</i></p>")
        doc.add(table(None, [[a, b] for a, b in bands]))


def wrapped_names(doc):
    """Narrow columns: names over two lines, the value level with any of them."""
    plain_head(doc)
    place = ("top", "middle", "bottom")[doc.seed % 3]
    doc.css.append(f"td{{vertical-align:{place}!important}}td:first-child{{width:110px}}")
    rows = []
    text = (
        PANEL
        + "Estimated Glomerular Filtration Rate (eGFR) | mL/min/1.73m2 | > 60\nMean Corpuscular"
        " Hemoglobin Concentration | g/dL | 31.5 - 36.0\nThyroid Stimulating Hormone,"
        " Ultrasensitive | µIU/mL | 0.40 - 4.50"
    )
    for r in doc.panel(text):
        rows.append([esc(r.name), r.value, r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))


def by_sex(doc):
    plain_head(doc)
    rows = []
    for name, unit, men, women in (
        ("Hemoglobin", "g/dL", "13.5 - 17.5", "12.0 - 15.5"),
        ("Uric Acid", "mg/dL", "3.5 - 7.2", "2.6 - 6.0"),
        ("Ferritin", "ng/mL", "22 - 322", "10 - 291"),
        ("ESR", "mm/hr", "0 - 15", "0 - 20"),
    ):
        r = doc.row(name, doc.draw(women)[0], unit, f"M: {men} F: {women}")
        rows.append([name, r.value, unit, f"M: {men}<br>F: {women}"])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))


def signed_values(doc):
    plain_head(doc)
    rows = []
    for name, value, unit, ref in (
        ("Base Excess", "-2.4", "mmol/L", "-2.0 - 2.0"),
        ("Troponin I", "<0.01", "ng/mL", "<= 0.04"),
        ("D-Dimer", ">20.00", "µg/mL FEU", "< 0.50"),
        ("Beta HCG", "< 1.20", "mIU/mL", "Up to 5.0"),
        ("CRP", "≤ 0.3", "mg/dL", "Less than 0.5"),
        ("ANA titre", "1:80", None, "< 1:40"),
        ("Cholesterol", "171.0", "mg/dL", "<= 200"),
        ("Albumin", "4.1", "g/dL", "-"),
    ):
        doc.row(name, value, unit, None if ref == "-" else ref)
        rows.append([name, esc(value), unit, esc(ref)])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))


DOCS = [
    bullets,
    bullets_bracket,
    equals,
    pipes,
    value_with_unit,
    numbered,
    glued_flags,
    star_flags,
    spaced_numbers,
    three_beside,
    five_beside,
    two_columns,
    panels_of_kinds,
    blank_form,
    antibiogram,
    guide,
    notes_between,
    children,
    wrapped_names,
    by_sex,
    signed_values,
]
