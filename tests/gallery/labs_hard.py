# SPDX-License-Identifier: Apache-2.0
"""Pages on which a row could come out silently wrong: numbers that nothing explains, columns
without headings, raised figures, bold made by printing twice."""
from gallery import esc, head, table
from labs_odd import PANEL, plain_head


def raised_powers(doc):
    """Powers of ten as raised figures in smaller type."""
    plain_head(doc)
    rows = []
    for name, value, unit, shown, ref in (
        ("WBC", "7.2", "x10^9/L", "x10<sup>9</sup>/L", "4.0 - 11.0"),
        ("RBC", "4.81", "x10^12/L", "x10<sup>12</sup>/L", "4.50 - 5.90"),
        ("Platelets", "248", "10^3/µL", "10<sup>3</sup>/µL", "150 - 400"),
        ("eGFR", "88", "mL/min/1.73m2", "mL/min/1.73m<sup>2</sup>", "> 60"),
        ("Hemoglobin", "14.1", "g/dL", "g/dL", "13.5 - 17.5"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, shown, esc(ref)])
    doc.add(table(["Test", "Result", "Units", "Reference Range"], rows))


def nameless_previous(doc):
    """An earlier result beside the current one, without a heading."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        rows.append([esc(r.name), r.value, doc.draw(r.ref)[0], r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "", "Unit", "Reference Range"], rows))
    doc.may_refuse = True


def nameless_numbers(doc):
    """Two columns of numbers and no heading at all."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        rows.append([esc(r.name), doc.draw(r.ref)[0], r.value, r.unit, esc(r.ref)])
    doc.add(table(None, rows))
    doc.may_refuse = True


def previous_before(doc):
    """The earlier result before the current one."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        rows.append([esc(r.name), doc.draw(r.ref)[0], r.value, r.unit, esc(r.ref)])
    names = ["Test", "Previous Result", "Current Result", "Unit", "Reference Range"]
    doc.add(table(names, rows))


def target_and_value(doc):
    """A goal, a score and a change beside the value."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        r.ref = esc(r.ref).replace("&lt;", "<").replace("&gt;", ">")
        change = f"{doc.random.randint(-20, 20)}%"
        rows.append([esc(r.name), change, r.value, r.unit, esc(r.ref)])
    doc.add(table(["Biomarker", "Change", "Result", "Unit", "Optimal Range"], rows))


def values_above(doc):
    """Cards with the value above the name: nothing may be read from the wrong card."""
    plain_head(doc)
    for r in doc.panel(PANEL):
        doc.add(f"<div>{r.value} {r.unit}</div><div>{esc(r.name)}</div>")
        doc.add(f"<div>Range: {esc(r.ref)}</div>")
    doc.may_refuse = True


def twice_printed(doc):
    """Bold made by printing twice, and words with letters set apart."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL):
        r.flag = r.judged or None
        twice = (
            f"<span style='position:relative'><span style='position:absolute;left:.3px'>{r.value}"
            f"</span>{r.value}</span>"
        )
        rows.append([esc(r.name), twice if r.judged else r.value, r.flag, r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "Flag", "Unit", "Reference Range"], rows))
    doc.css.append("td{letter-spacing:0.4px}")


def codes_between(doc):
    """A code before each name, another one behind it, all of them numbers."""
    plain_head(doc)
    rows = []
    for i, r in enumerate(doc.panel(PANEL)):
        rows.append([str(1001 + i), esc(r.name), str(84443 + i), r.value, r.unit, esc(r.ref)])
    doc.add(table(["Code", "Test", "CPT", "Result", "Unit", "Reference Range"], rows))


def low_and_high(doc):
    """Limits in columns of their own."""
    plain_head(doc)
    rows = []
    for r in doc.panel(PANEL.split("Total Cholesterol")[0]):
        low, _, high = r.ref.partition(" - ")
        rows.append([esc(r.name), low, high, r.value, r.unit])
    doc.add(table(["Test", "Low", "High", "Result", "Unit"], rows))


def wide_digits(doc):
    """Digits and signs from other parts of Unicode."""
    plain_head(doc)
    rows = []
    for name, value, unit, ref in (
        ("Hemoglobin", "１３．５", "g/dL", "13.0 - 17.0"),
        ("Glucose", "٩٥", "mg/dL", "70 - 99"),
        ("Sodium", "140", "mmol/L", "135 ‑ 145"),
        ("Potassium", "4.1", "mmol/L", "3.5 – 5.1"),
        ("Base Excess", "−1.5", "mmol/L", "−2.0 – 2.0"),
        ("Creatinine", "0.9", "mg/dL", "0.6 − 1.2"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, ref])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))
    doc.may_refuse = True


def two_people_dates(doc):
    """Collected dates above each column of values, oldest first, and a trend."""
    head(doc, [("Patient", doc.person), ("Sex", "F"), ("DOB", "12/03/1968")], 3, "Trend report")
    rows = []
    for r in doc.panel(PANEL):
        old = [doc.draw(r.ref)[0] for _ in range(3)]
        rows.append([esc(r.name), *old, r.value, r.unit, esc(r.ref)])
    dates = ["12 Jan 2021", "15 Mar 2022", "08 Feb 2023", "19 May 2023"]
    doc.add(table(["Test", *dates, "Unit", "Reference Range"], rows))
    doc.may_refuse = True


DOCS = [
    raised_powers,
    nameless_previous,
    nameless_numbers,
    previous_before,
    target_and_value,
    values_above,
    twice_printed,
    codes_between,
    low_and_high,
    wide_digits,
    two_people_dates,
]
