# SPDX-License-Identifier: Apache-2.0
"""Reports as Indian laboratories print them: methods below names, stepped intervals, lakhs."""
from gallery import PANELS, esc, head, table

CBC = PANELS["india CBC"]
LFT = PANELS["india LFT"]
KFT = PANELS["india KFT"]
METHODS = (
    "Spectrophotometry",
    "Electrical Impedance",
    "Calculated",
    "Enzymatic Colorimetric",
    "ISE Direct",
    "Jaffe Kinetic",
    "Flow cytometry",
    "CLIA",
    "Diazo method",
    "Photometry",
    "HPLC",
    "IFCC without P5P",
)
WORDS = {"H": "High", "L": "Low", "": None}


def indian_head(doc, title="SMART LABORATORY"):
    head(
        doc,
        [
            ("Name", "Mrs. " + doc.person.upper()),
            ("Collected", "14/5/2023 11:03:00AM"),
            ("Lab No.", "439191915"),
            ("Received", "14/5/2023 11:20:15AM"),
            ("Age / Sex", "45 Years / Female"),
            ("Reported", "15/5/2023 4:41:29PM"),
            ("Ref By", "DR. A. KUMAR"),
            ("Report Status", "Final"),
        ],
        2,
        title,
    )


def foot(doc):
    doc.add(
        "<p style='font-size:70%'>Plot No. 12, Sector 18, Rohini, New Delhi - 110085 Tel:"
        " 011-49885050 Fax: 011-27882134 Page 1 of 3</p><p>Dr. S. Gupta MD, Pathology (Reg. No."
        " 12345)</p>"
    )


def method_below(doc):
    """A method line below each name; only type tells what is out of range."""
    indian_head(doc)
    rows = []
    for r in doc.panel(CBC + LFT + KFT):
        if isinstance(r, str):
            rows.append(r)
            continue
        name = f"{esc(r.name)}<br><span style='font-size:75%'>({doc.pick(METHODS)})</span>"
        value = f"<b>{r.value}</b>" if r.judged else r.value
        rows.append([name, value, r.unit, esc(r.ref)])
    doc.add(table(["Test Name", "Results", "Units", "Bio. Ref. Interval"], rows))
    foot(doc)


def method_column(doc):
    """H or L before the value, the method in a column."""
    indian_head(doc, "ACCURATE PATHLAB")
    rows = []
    for r in doc.panel(CBC + KFT):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = r.judged or None
        rows.append([esc(r.name), doc.pick(METHODS), r.flag, r.value, r.unit, esc(r.ref)])
    doc.add(table(["Test", "Method", "", "Result", "Unit", "Biological Ref. Interval"], rows))
    foot(doc)


DIFF = (
    ("Neutrophils", "40 - 80", "2000 - 6700"),
    ("Lymphocytes", "20 - 40", "1000 - 3000"),
    ("Eosinophils", "1 - 6", "20 - 500"),
    ("Monocytes", "2 - 10", "200 - 1000"),
    ("Basophils", "0 - 2", "20 - 100"),
)


def percent_and_count(doc):
    """The differential as per cent and count in one row."""
    indian_head(doc, "STERLING EXAMPLE LABORATORY")
    rows = []
    for r in doc.panel(CBC.split("=DIFF")[0]):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = r.judged or None
        rows.append([esc(r.name), f"{r.flag or ''} {r.value}", r.unit, esc(r.ref)])
    doc.add(table(["Test", "Result", "Unit", "Biological Ref. Interval"], rows))
    rows = []
    for name, percent, count in DIFF:
        a, b = doc.row(name, None, "%", percent), doc.row(name, None, "/cmm", count)
        rows.append([name, a.value, "%", percent, b.value, "/cmm", count])
    doc.add("<b>Differential Leucocyte Count</b>")
    doc.add(table(["", "[ % ]", "", "EXPECTED VALUES", "[ Abs ]", "", "EXPECTED VALUES"], rows))
    foot(doc)


def range_below(doc):
    """Name, technology, value, unit; the interval on a line of its own below."""
    indian_head(doc, "THYRO EXAMPLE")
    items = (
        ("25-OH VITAMIN D (TOTAL)", "C.L.I.A", "ng/mL", "30 - 100"),
        ("VITAMIN B-12", "C.L.I.A", "pg/mL", "211 - 911"),
        ("TESTOSTERONE", "C.L.I.A", "ng/dL", "280 - 800"),
        ("FERRITIN", "C.L.I.A", "ng/mL", "22 - 322"),
        ("FOLATE", "C.L.I.A", "ng/mL", "5.4 - 24"),
    )
    rows = []
    for name, technology, unit, ref in items:
        r = doc.row(name, None, unit, ref)
        rows.append([name, technology, f"<b>{r.value}</b>", unit])
        rows.append([f"<b>Bio. Ref. Interval. :</b> {ref}", "", "", ""])
    doc.add(table(["TEST NAME", "TECHNOLOGY", "VALUE", "UNITS"], rows))
    doc.may_refuse = True
    foot(doc)


def thyro_table(doc):
    """Name, technology, value, unit, interval in columns of a dense table."""
    indian_head(doc, "THYRO EXAMPLE")
    rows = []
    for r in doc.panel(LFT + KFT):
        if isinstance(r, str):
            continue
        r.name = r.name.upper()
        technology = doc.pick(("PHOTOMETRY", "CALCULATED", "I.S.E"))
        rows.append([esc(r.name), technology, r.value, r.unit, esc(r.ref)])
    names = ["TEST NAME", "TECHNOLOGY", "VALUE", "UNITS", "NORMAL RANGE"]
    doc.add(table(names, rows, style="border:1px solid black"))
    doc.add(
        "<p>Please correlate with clinical conditions.<br>Method : BILT - VANADATE OXIDATION</p>"
    )


STEPS = (
    ("Cholesterol Total", "mg/dL", "Desirable : &lt;200|Borderline High : 200-239|High : &gt;=240"),
    (
        "Triglycerides",
        "mg/dL",
        "Normal : &lt;150|Borderline : 150-199|High : 200-499|Very High : &gt;=500",
    ),
    ("HDL Cholesterol", "mg/dL", "Low: &lt;40|High: &gt;=60"),
    (
        "LDL Cholesterol",
        "mg/dL",
        (
            "Optimal : &lt;100|Near Optimal : 100-129|Borderline High : 130-159|High : 160-189|Very"
            " High : &gt;=190"
        ),
    ),
    ("VLDL", "mg/dL", "5 - 40"),
    ("HbA1c", "%", "Non-Diabetic : &lt;5.7|Pre-Diabetic : 5.7 - 6.4|Diabetic : &gt;=6.5"),
    (
        "25(OH) Vitamin D",
        "ng/mL",
        "Deficiency : &lt;10|Insufficiency : 10-30|Sufficiency : 30-100|Toxicity : &gt;100",
    ),
    ("TSH", "µIU/mL", "0.35 - 4.94"),
)


def stepped(doc):
    indian_head(doc, "METRO EXAMPLE HEALTHCARE")
    rows = []
    for name, unit, ref in STEPS:
        plain = ref.replace("&lt;", "<").replace("&gt;", ">").replace("|", " ")
        value = doc.number(5, 9, 1) if name == "HbA1c" else doc.number(41, 180, 0)
        doc.row(name, value, unit, plain)
        rows.append([name, value, unit, ref.replace("|", "<br>")])
    names = ["Investigation", "Observed Value", "Unit", "Biological Reference Interval"]
    doc.add(table(names, rows))
    doc.add(
        "<p>Interpretation: HbA1c 5.7 - 6.4 % indicates increased risk; eAG (mg/dL) = 28.7 x HbA1c"
        " - 46.7.</p>"
    )
    doc.add(
        "<p>The ADA recommends HbA1c &lt;7.0 % for most adults; each 1% is 29 mg/dL of mean"
        " glucose.</p>"
    )
    foot(doc)


def word_file(doc):
    """A small laboratory's word processor: colons, capitals, brackets."""
    indian_head(doc, "CITY DIAGNOSTIC CENTRE")
    for r in doc.panel(CBC + KFT):
        if isinstance(r, str):
            doc.add(f"<h4 style='text-align:center'><u>{r}</u></h4>")
            continue
        r.name = r.name.upper()
        doc.add(
            f"<div><span style='display:inline-block;width:240px'>{esc(r.name)}</span>:"
            f" {r.value} {r.unit or ''}<span"
            f" style='position:absolute;left:430px'>({esc(r.ref)})</span></div>"
        )
    foot(doc)


def word_file_no_colon(doc):
    indian_head(doc, "SRI EXAMPLE CLINICAL LAB")
    rows = []
    for r in doc.panel(KFT + LFT):
        if isinstance(r, str):
            rows.append(r)
            continue
        unit = r.unit or ""
        rows.append([esc(r.name), f": {r.value} {unit}", f"{esc(r.ref)} {unit}"])
    doc.add(table(["TEST", "RESULT", "NORMAL VALUES"], rows))
    foot(doc)


DOCS = [
    method_below,
    method_column,
    percent_and_count,
    range_below,
    thyro_table,
    stepped,
    word_file,
    word_file_no_colon,
]
