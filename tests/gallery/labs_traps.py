# SPDX-License-Identifier: Apache-2.0
"""Reports with numbers that are no results of this blood and this day, or lack a part of theirs: a
reader may leave all of them out, and must read none of them wrong."""
from gallery import head, table


def trap_head(doc, title):
    doc.may_refuse = True
    head(doc, [("Patient", doc.person), ("Sex", "F"), ("Age", "41")], 3, title)


def lists_of_others(doc):
    """Sentences whose first words say that what follows is of another day, specimen, or a goal."""
    trap_head(doc, "SUMMARY")
    for text in (
        "Urine: Creatinine 80 mg/dl, Sodium 40 mmol/L, Potassium 30 mmol/L",
        "CSF: Glucose 45 mg/dl, Chloride 118 mmol/L",
        "Previous: Hb 9.8 g/dl, TLC 3,200 /cumm, Platelets 48,000 /cumm",
        "Goal: LDL Cholesterol 70 mg/dl, HDL Cholesterol 40 mg/dl, Triglycerides 150 mg/dl",
        "On 02/01/2021: Hb 9.8 g/dl, TLC 3,200 /cumm, Platelets 48,000 /cumm, Sodium 141 mmol/L",
        "Admit if Hb 7 g/dl, TLC 900 /cumm, Platelets 9,000 /cumm, Sodium 120 mmol/L",
        "Urine sodium 40 mmol/L, potassium 30 mmol/L, chloride 50 mmol/L",
    ):
        doc.add(f"<p style='margin:22px 0'>{text}</p>")


def two_days_alike(doc):
    """Result and interval twice, as of two systems of units, but of two days."""
    trap_head(doc, "FOLLOW UP")
    rows = [
        ["Sodium", "130", "136 - 145", "140", "136 - 145"],
        ["Potassium", "6.2", "3.5 - 5.1", "4.2", "3.5 - 5.1"],
        ["Glucose", "195", "70 - 99", "95", "70 - 99"],
    ]
    doc.add("<p style='margin-left:25%'>10/01/2024 &emsp; &emsp; &emsp; 12/03/2024</p>")
    doc.add(table(["Test", "Result", "Reference", "Result", "Reference"], rows))


def signs_apart_from_numbers(doc):
    """A minus and "less than" in a place of their own, a minus behind the number."""
    trap_head(doc, "BLOOD GAS")
    rows = [["Sodium", "", "150", "mmol/L", "136 - 145"]]
    doc.row("Sodium", "150", "mmol/L", "136 - 145")
    rows.append(["Base Excess", "", "- 4.2", "mmol/L", "-2.0 - 3.0"])
    rows.append(["Base Excess", "-", "4.2", "mmol/L", "-2.0 - 3.0"])
    rows.append(["Base Excess", "", "4.2-", "mmol/L", "-2.0 - 3.0"])
    rows.append(["CRP", "&lt;", "5", "mg/L", "0 - 10"])
    rows.append(["Troponin T", "&lt;", "3", "ng/L", "&lt; 14"])
    doc.add(table(["Test", "", "Result", "Unit", "Reference"], rows))
    doc.add("<p>&nbsp;</p>", table(None, rows[1:]))


def notes_under_flags(doc):
    """The number of a footnote under "Flag", where there is no result."""
    trap_head(doc, "CHEMISTRY")
    rows = [
        ["Sodium", "140", "", "mmol/L", "136 - 145"],
        ["Potassium", "", "1", "mmol/L", "3.5 - 5.1"],
        ["Chloride", "102", "", "mmol/L", "98 - 107"],
    ]
    doc.row("Sodium", "140", "mmol/L", "136 - 145")
    doc.row("Chloride", "102", "mmol/L", "98 - 107")
    doc.add(table(["Test", "Result", "Flag", "Unit", "Reference"], rows))
    doc.add("<p>1 not enough blood</p>")


def title_of_two(doc):
    """Two results without names below one title, or below two of them."""
    trap_head(doc, "LABORATORY")
    rows = [["2.1 mg/dL", "0.6 - 1.2"], ["1.1 mg/dL", "0.6 - 1.2"]]
    doc.add("<p><b>CREATININE</b></p>", table(["Result", "Reference"], rows))
    rows = [["40 mg/dL", "15 - 45"], ["9.5 mg/dL", "8.5 - 10.5"]]
    doc.add("<p><b>UREA</b></p><p><b>CALCIUM</b></p>", table(["Result", "Reference"], rows))
    doc.add("<p><b>URINE</b></p>", table(["Result", "Reference"], [["15 mg/dL", "0 - 15"]]))


def judged_findings(doc):
    """The judgement beside a name whose result stands below it."""
    trap_head(doc, "SEROLOGY")
    for name, judged in (("HIV 1/2", "Abnormal"), ("HBsAg", "Normal")):
        doc.row(name, "Reactive" if judged == "Abnormal" else "Negative")
        doc.add(
            f"<p>{name}<span style='margin-left:200px'>{judged}</span><br>"
            f"Result: {doc.rows[-1].value}</p>"
        )


def sent_away(doc):
    """Examinations of which the result stands elsewhere."""
    trap_head(doc, "SEROLOGY")
    doc.row("VDRL", "Non reactive")
    rows = [["HIV", "sent to reference lab"], ["Blood group", "see remark"]]
    rows += [["HBsAg", "refer to page 2"], ["VDRL", "Non reactive"]]
    doc.add(table(None, rows, style="width:60%"))


def empty_today(doc):
    """Two columns of results, the days in a line above them, and nothing in that of today."""
    trap_head(doc, "FOLLOW UP")
    rows = [["Sodium", "130", "", "mmol/L", "136 - 145"]]
    rows += [["Potassium", "", "4.2", "mmol/L", "3.5 - 5.1"]]
    doc.row("Potassium", "4.2", "mmol/L", "3.5 - 5.1")
    doc.add("<p style='margin-left:25%'>10/01/2024 &emsp; &emsp; &emsp; 12/03/2024</p>")
    doc.add(table(["Test", "Result", "Result", "Unit", "Reference"], rows))


def goal_before_dated(doc):
    """A goal without any heading before the result, which has its day below it."""
    trap_head(doc, "FOLLOW UP")
    rows = []
    for name, goal, value, unit, ref in (
        ("LDL Cholesterol", "70", "131", "mg/dL", "0 - 100"),
        ("HbA1c", "7.0", "8.1", "%", "4.0 - 5.6"),
        ("Glucose", "110", "210", "mg/dL", "70 - 99"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, goal, f"{value}<div style='font-size:75%'>12/11/2023</div>", unit, ref])
    doc.add(table(None, rows))


def results_over_days(doc):
    """ "Result" over each of two days, and before the older one of two: the newest is read."""
    trap_head(doc, "FOLLOW UP")
    rows = []
    for name, before, value, unit, ref in (
        ("Sodium", "140", "131", "mmol/L", "136 - 145"),
        ("Potassium", "4.4", "5.9", "mmol/L", "3.5 - 5.1"),
        ("Glucose", "101", "210", "mg/dL", "70 - 99"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, before, value, unit, ref])
    if doc.seed % 2:
        names = ["Test", "Results 08/02/2023", "11/12/2023", "Units", "Reference Range"]
    else:
        names = ["Test", "Result<br>08/02/2023", "Result<br>11/12/2023", "Units"]
        names.append("Reference Range")
    doc.add(table(names, rows, ["style='vertical-align:middle'"] * 5))


DOCS = [
    lists_of_others,
    two_days_alike,
    signs_apart_from_numbers,
    notes_under_flags,
    title_of_two,
    judged_findings,
    sent_away,
    empty_today,
    goal_before_dated,
    results_over_days,
]
