# SPDX-License-Identifier: Apache-2.0
"""Reports as large American and British laboratories and record systems print them."""
from gallery import PANELS, esc, head, table

CBC = PANELS["america CBC"]
CMP = PANELS["america CMP"]
LIPID = PANELS["america LIPID"]
WORDS = {"H": "High", "L": "Low", "": None}


def us_head(doc, title):
    pairs = [
        ("Patient", doc.person),
        ("DOB", "04/15/1971"),
        ("Specimen ID", "123-456-7890-0"),
        ("Age(y/m/d)", "052/03/11"),
        ("Date collected", "07/26/2023 0815 Local"),
        ("Date received", "07/26/2023"),
        ("Date reported", "07/27/2023 0606 ET"),
        ("Gender", "M"),
        ("Ordering", "R Doe, MD"),
        ("NPI", "1234567893"),
    ]
    head(doc, pairs, 2, title)


def labcorp(doc):
    us_head(doc, "Example Corp")
    rows = []
    panels = (("CBC With Differential/Platelet", CBC), ("Comp. Metabolic Panel (14)", CMP))
    for title, text in panels + (("Lipid Panel", LIPID),):
        rows.append(title)
        for r in doc.panel(text):
            r.flag = WORDS[r.judged]
            rows.append([esc(r.name), esc(r.value), r.flag, r.unit, esc(r.ref), "01"])
    rows.append("Hemoglobin A1c")
    r = doc.row("Hemoglobin A1c", None, "%", "4.8-5.6")
    r.flag = WORDS[r.judged]
    rows.append([r.name, r.value, r.flag, r.unit, r.ref, "01"])
    for note in (
        "Prediabetes: 5.7 - 6.4",
        "Diabetes: &gt;6.4",
        "Glycemic control for adults with diabetes: &lt;7.0",
    ):
        rows.append(["", "", "", "", "", ""])
        rows.append([f"<span style='padding-left:60px'>{note}</span>", "", "", "", "", ""])
    names = ["TESTS", "RESULT", "FLAG", "UNITS", "REFERENCE INTERVAL", "LAB"]
    doc.add(table(names, rows, style="font-size:90%"))
    doc.add(
        "<p>01 BN Example Burlington, 1447 York Court, Burlington, NC 27215-3361, Dir: J Doe,"
        " MD</p>"
    )
    doc.add(
        "<p>For inquiries, the physician may contact Branch: 800-762-4344 Lab: 800-282-7300</p>"
    )


def labcorp_new(doc):
    us_head(doc, "Patient Report")
    for title, text in (
        ("CBC With Differential/Platelet", CBC),
        ("Comp. Metabolic Panel (14)", CMP),
    ):
        rows = []
        for r in doc.panel(text):
            r.flag = WORDS[r.judged]
            old, _ = doc.draw(r.ref) if "Not" not in r.ref else (r.value, "")
            current = esc(r.value) + (f" &nbsp; {r.flag}" if r.flag else "")
            rows.append(
                [
                    f"{esc(r.name)} <sup style='font-size:60%'>01</sup>",
                    current,
                    old,
                    "01/12/2023",
                    r.unit,
                    esc(r.ref),
                ]
            )
        names = [
            "Test",
            "Current Result and Flag",
            "Previous Result and Date",
            "",
            "Units",
            "Reference Interval",
        ]
        doc.add(f"<h3>{title}</h3>", table(names, rows))


def quest(doc):
    us_head(doc, "Example Diagnostics")
    rows = []
    text = CMP.replace("AST (SGOT)", "AST").replace("x10E3", "Thousand")
    for title, text in (("COMPREHENSIVE METABOLIC PANEL", text), ("LIPID PANEL, STANDARD", LIPID)):
        rows.append(title)
        for r in doc.panel(text):
            r.name = r.name.upper()
            r.unit = r.unit or "(calc)"
            shown = f"{esc(r.ref)} {r.unit}"
            r.flag = r.judged or None
            out = f"{r.value} {r.judged}" if r.judged else ""
            rows.append([esc(r.name), "" if r.judged else r.value, out, shown, "EN"])
            if r.name == "GLUCOSE":
                rows.append(["", "", "", "Fasting reference interval", ""])
    names = ["Test Name", "In Range", "Out Of Range", "Reference Range", "Lab"]
    doc.add(table(names, rows))
    doc.add(
        "<p>For someone without known diabetes, a glucose value between 100 and 125 mg/dL is"
        " consistent with prediabetes and should be confirmed with a follow-up test.</p>"
    )
    doc.add(
        "<p>PERFORMING SITE: EN EXAMPLE DIAGNOSTICS-WEST HILLS, 8401 FALLBROOK AVENUE, WEST HILLS,"
        " CA 91304-3226 CLIA: 05D0642827</p>"
    )


def mychart_table(doc):
    us_head(doc, "MyChart - Test Details")
    rows = []
    for r in doc.panel(CMP):
        r.flag = r.judged or None
        rows.append([esc(r.name), r.value, esc(r.ref) + " " + (r.unit or ""), r.flag])
    doc.add(table(["Component", "Your Value", "Standard Range", "Flag"], rows))


def cards(doc, columns):
    """Name, range and value on lines of their own, in one to three columns."""
    us_head(doc, "Lab results")
    doc.css.append(f".g{{display:grid;grid-template-columns:repeat({columns},1fr);gap:14px}}")
    doc.add("<div class='g'>")
    for r in doc.panel(CBC if columns > 1 else CMP):
        if "Not" in r.ref:
            r.ref = "0-100"
        unit = f" {r.unit}" if r.unit else ""
        value = f"<b>{r.value}</b>"
        if r.judged:
            r.flag = WORDS[r.judged]
            value += f" &nbsp;&nbsp; {r.flag}"
        doc.add(
            f"<div><div>{esc(r.name)}</div><div style='font-size:85%'>Normal range:"
            f" {esc(r.ref)}{unit}</div><div>{value}</div></div>"
        )
    doc.add("</div>")


def cards_one(doc):
    cards(doc, 1)


def cards_two(doc):
    cards(doc, 2)


def cards_three(doc):
    cards(doc, 3)


def epic_flow(doc):
    """Name, range with unit, then the newest value and earlier ones under dates."""
    us_head(doc, "Results Review")
    rows = []
    for r in doc.panel(CMP):
        r.flag = {"H": "(H)", "L": "(L)", "": None}[r.judged]
        shown = f"{esc(r.ref)} {r.unit or ''}"
        rows.append(
            [
                esc(r.name),
                shown,
                f"{r.value} {r.flag or ''}",
                doc.draw(r.ref)[0],
                doc.draw(r.ref)[0],
            ]
        )
    dates = ["10/12/23 08:02", "07/14/23 09:30", "01/22/23 08:15"]
    doc.add(table(["Component", "Latest Ref Range &amp; Units", *dates], rows))


def range_first(doc):
    """Name, range, unit, value."""
    us_head(doc, "Laboratory Report")
    rows = []
    for title, text in (("HEMATOLOGY", CBC), ("CHEMISTRY", CMP)):
        rows.append(title)
        for r in doc.panel(text):
            r.flag = r.judged or None
            rows.append([esc(r.name), esc(r.ref), r.unit, r.value, r.flag])
    doc.add(table(["Component", "Reference Range", "Units", "Value", "Flag"], rows))


def cerner(doc):
    us_head(doc, "General Hospital")
    for r in doc.panel(CMP):
        word = {"H": "HI", "L": "LOW", "": None}[r.judged]
        r.flag = word
        unit = f" {r.unit}" if r.unit else ""
        low_high = esc(r.ref)
        doc.add(
            f"<div>{esc(r.name)}: {r.value}{unit}{' ' + word if word else ''} (Reference Range:"
            f" {low_high}{unit})</div>"
        )


def mayo(doc):
    us_head(doc, "Medical Laboratories")
    rows = []
    for r in doc.panel(CBC.replace("Not Estab.", "")):
        r.flag = r.judged or None
        rows.append([esc(r.name), r.value, r.flag, r.unit, esc(r.ref), "RST"])
    doc.add(table(["TEST", "RESULT", "FLAG", "UNIT", "REF VALUE", "PERFORM SITE*"], rows))
    doc.add(
        "<p>* Performing Site: RST MCR 200 First St SW, Rochester, MN 55905. CLIA# 24D0404292</p>"
    )


GP = PANELS["america GP"]


def gp_print(doc):
    """A surgery's print: bracketed ranges, words of judgement below the row."""
    head(
        doc,
        [
            ("NHS No", "943 476 5919"),
            ("Name", doc.person),
            ("DOB", "12-Mar-1968 (55y)"),
            ("Sex", "Female"),
            ("Collected", "12-Apr-2023 09:10"),
            ("Received", "12-Apr-2023 13:44"),
        ],
        2,
        "The Example Surgery",
    )
    rows = []
    for r in doc.panel(GP):
        if isinstance(r, str):
            rows.append(r)
            continue
        words = {"H": "Above high reference limit", "L": "Below low reference limit", "": ""}[
            r.judged
        ]
        rows.append([esc(r.name), r.value, r.unit, f"[{esc(r.ref)}]"])
        if words:
            rows.append([f"<i style='padding-left:20px'>{words}</i>", "", "", ""])
    doc.add(table(None, rows))


def ice(doc):
    """Hospital print: star before the name, no heading."""
    head(
        doc,
        [
            ("Hospital No", "K123456"),
            ("Name", doc.person),
            ("Age", "55 Yrs"),
            ("Sex", "F"),
            ("Collected", "12/04/2023 09:10"),
            ("Received", "12/04/2023 13:44"),
        ],
        2,
        "Pathology Report",
    )
    rows = []
    for r in doc.panel(GP):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = {"H": "H", "L": "L", "": None}[r.judged]
        rows.append(["*" if r.flag else "", esc(r.name), r.flag, r.value, r.unit, esc(r.ref)])
    doc.add(table(None, rows, style="width:80%"))


def cumulative(doc):
    """Dates across, the newest on the right, unit and range behind them."""
    head(
        doc,
        [("Patient", doc.person), ("D.O.B.", "12/03/1968"), ("Sex", "F")],
        3,
        "Cumulative Report",
    )
    rows = []
    for r in doc.panel(GP):
        if isinstance(r, str):
            rows.append(r)
            continue
        old = [doc.draw(r.ref)[0], doc.draw(r.ref)[0]]
        r.flag = r.judged or None
        shown = f"{r.value} {r.flag}" if r.flag else r.value
        rows.append([esc(r.name), *old, f"<b>{shown}</b>", r.unit, f"({esc(r.ref)})"])
    doc.add(table(["Date", "14/01/22", "20/09/22", "19/04/23", "Units", "Reference"], rows))


DOCS = [
    labcorp,
    labcorp_new,
    quest,
    mychart_table,
    cards_one,
    cards_two,
    cards_three,
    epic_flow,
    range_first,
    cerner,
    mayo,
    gp_print,
    ice,
    cumulative,
]
