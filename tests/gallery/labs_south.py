# SPDX-License-Identifier: Apache-2.0
"""Manners of laboratories between the Gulf, South Asia, Africa and Australia."""
from gallery import esc, head, table


def adult(doc, sex="F", title="Laboratory report"):
    pairs = [("Patient", doc.person), ("Sex", sex), ("Age", "41 Y"), ("Date", "19-08-2024")]
    head(doc, pairs, 2, title)


STEPPED = (
    ("TSH", "0.02", "uIU/mL", "Adults : 0.35 - 4.94|1st Trimester : 0.1 - 2.5"),
    ("Vitamin D 25-OH|(Total)", "14.2", "ng/mL", "Deficient : < 20|Sufficient : 30 - 100"),
    ("Vitamin B12", "412", "pg/mL", "187 - 883"),
    ("Cholesterol", "231", "mg/dL", "Desirable : < 200|Borderline : 200 - 239|High : >= 240"),
    ("HDL Cholesterol", "52", "mg/dL", "Male : > 40|Female : > 50"),
    ("LDL Cholesterol", "96", "mg/dL", "Optimal < 100|Near optimal 100 - 129|High 130 - 189"),
    ("High Sensitivity C-|Reactive Protein", "2.1", "mg/L", "Low < 1.0|Average 1 - 3|High > 3.0"),
    ("Serum Calcium", "9.6", "mg/dL", "8.4 - 10.2"),
)


def stepped(doc, place):
    doc.css.append(f"td{{vertical-align:{place} !important;padding:4px !important}}")
    rows = []
    for name, value, unit, ref in STEPPED:
        doc.row(name.replace("|", " "), value, unit, ref.replace("|", " "))
        cells = [part.replace("|", "<br>") for part in (esc(name), value, unit, esc(ref))]
        rows.append(cells)
    doc.add(table(["Test Name", "Result", "Unit", "Reference Values"], rows))


def stepped_in_the_middle(doc):
    """Values level with the middle of intervals of several lines."""
    adult(doc)
    stepped(doc, "middle")


def stepped_at_the_end(doc):
    """Values level with the last line of their intervals."""
    adult(doc)
    stepped(doc, "bottom")


BOTH_SEXES = (
    ("Hemoglobin", "10.1", "g/dL", "13.5 - 17.5", "12.0 - 15.5"),
    ("ESR", "18", "mm/hr", "0 - 15", "0 - 20"),
    ("Uric acid", "6.4", "mg/dL", "3.5 - 7.2", "2.6 - 6.0"),
    ("Ferritin", "22", "ng/mL", "30 - 400", "13 - 150"),
)


def columns_of_sexes(doc):
    """An interval for men and one for women, in columns below one heading."""
    adult(doc)
    rows = ""
    for name, value, unit, men, women in BOTH_SEXES:
        doc.row(name, value, unit, women)
        texts = (name, value, unit, men, women)
        rows += "<tr>" + "".join(f"<td>{t}</td>" for t in texts) + "</tr>"
    doc.add(
        "<table><tr><th rowspan=2>Test</th><th rowspan=2>Result</th><th rowspan=2>Unit</th>"
        "<th colspan=2>Reference range</th></tr>"
        f"<tr><th>Male</th><th>Female</th></tr>{rows}</table>"
    )


def columns_of_men(doc):
    """The same headed in one line, for a man."""
    adult(doc, "M")
    rows = []
    for name, value, unit, men, women in BOTH_SEXES:
        doc.row(name, value, unit, men)
        rows.append([name, value, unit, women, men])
    doc.add(table(["Test", "Result", "Unit", "Normal (Female)", "Normal (Male)"], rows))


def right_to_left(doc):
    """Columns in the order of a script that runs to the left: the names stand at the right."""
    adult(doc)
    rows = []
    for name, value, unit, ref in (
        ("F.B.S", "88", "mg/dl", "70 - 115"),
        ("S. Creatinine", "0.7", "mg/dl", "0.5 - 1.2"),
        ("S. Cholesterol", "214", "mg/dl", "Up to 200"),
        ("S. GPT", "19", "U/L", "Up to 40"),
        ("TSH", "3.3", "uIU/ml", "0.4 - 4.2"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([ref, unit, value, name])
    doc.add(table(["Normal Value", "Unit", "Result", "Test"], rows))


def right_to_left_numbered(doc):
    """The same with item numbers behind the names, at the edge of the page."""
    adult(doc)
    rows = []
    for name, value, unit, ref in (
        ("Hb", "12.2", "g/dL", "12 - 16"),
        ("Glucose (F)", "127", "mg/dL", "70 - 110"),
        ("ALT", "19", "U/L", "< 41"),
        ("Iron", "44", "ug/dL", "50 - 170"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([esc(ref), unit, value, name, str(len(rows) + 1)])
    doc.add(table(["Normal Range", "Unit", "Result", "Test Name", "No"], rows))


def days_in_one_order(doc):
    """Days whose order only the day of birth tells, the newest at the right."""
    head(doc, [("Patient", doc.person), ("DOB", "30/11/1951"), ("Sex", "F")], 3, "SERUM CHEMISTRY")
    lines = [
        "Date        12/07/23   10/01/24   03/07/24",
        "Lab No.     17720415   18551902   19284417     Units       Reference",
    ]
    for name, first, second, value, unit, ref in (
        ("Sodium", "139", "140", "141", "mmol/L", "137-147"),
        ("Potassium", "4.6", "4.4", "4.8", "mmol/L", "3.5-5.0"),
        ("Creat", "78", "82", "91", "umol/L", "40-110"),
        ("Albumin", "42", "41", "40", "g/L", "35-50"),
    ):
        doc.row(name, value, unit, f"({ref})")
        lines.append(f"{name:10}{first:>10} {second:>10} {value:>10}     {unit:12}({ref})")
    doc.add("<pre style=\"font-family:'Liberation Mono'\">" + "\n".join(lines) + "</pre>")


def days_over_procedures(doc):
    """Days and times in lines of their own above the heading, the newest first."""
    adult(doc, "M", "General Chemistry")
    out = ""
    for texts in (
        ("", "", "Collected Date", "12/03/2024", "11/03/2024"),
        ("", "", "Collected Time", "06:10 AST", "05:55 AST"),
        ("Procedure", "Units", "Reference Range", "", ""),
    ):
        out += "<tr>" + "".join(f"<th>{t}</th>" for t in texts) + "</tr>"
    for name, unit, ref, value, before in (
        ("Urea Level", "mmol/L", "2.5-7.8", "11.4", "13.0"),
        ("Sodium Lvl", "mmol/L", "133-146", "139", "136"),
        ("Phosphorus", "mmol/L", "0.80-1.50", "1.02", "-"),
        ("CRP", "mg/L", "0-5", "88", "164"),
    ):
        doc.row(name, value, unit, ref)
        texts = (name, unit, f"[{ref}]", value, before)
        out += "<tr>" + "".join(f"<td>{t}</td>" for t in texts) + "</tr>"
    doc.add(f"<table>{out}</table>")


def days_with_marks(doc):
    """Marks glued to the results of several days, whose order nothing tells: none can be read, and
    none is the name of another."""
    doc.may_refuse = True
    adult(doc, "M", "Biochemistry")
    rows = []
    for name, first, second, third, unit, ref in (
        ("Urea", "8.8H", "9.1H", "10.2H", "mmol/L", "3.2 - 7.7"),
        ("Creatinine", "121H", "128H", "140H", "umol/L", "60 - 105"),
        ("Albumin", "33L", "35", "36", "g/L", "34 - 48"),
    ):
        rows.append([name, first, second, third, unit, ref])
    doc.add(table(["Test", "Bed 88121", "Bed 89177", "Bed 90233", "Units", "Reference"], rows))


def days_over_requests(doc):
    """Days above the numbers of their requests, marks glued to the results, the newest last."""
    adult(doc, "M", "Biochemistry")
    days = ("", "14 Feb 24", "01 Mar 24", "22 Mar 24", "02 Apr 24", "", "")
    names = ("Test", "Lab 88121", "Lab 89177", "Lab 90233", "Lab 90611", "Units", "Reference")
    out = ["".join(f"<th>{t}</th>" for t in texts) for texts in (days, names)]
    for name, first, second, third, value, flag, unit, ref in (
        ("Sodium", "133L", "135", "138", "139", "", "mmol/L", "135 - 145"),
        ("Urea", "8.8H", "9.1H", "10.2H", "9.9", "H", "mmol/L", "3.2 - 7.7"),
        ("Creatinine", "121H", "128H", "140H", "133", "H", "umol/L", "60 - 105"),
        ("Albumin", "33L", "35", "36", "33", "L", "g/L", "34 - 48"),
    ):
        doc.row(name, value, unit, ref, flag or None)
        texts = (name, first, second, third, value + flag, unit, ref)
        out.append("".join(f"<td>{t}</td>" for t in texts))
    doc.add("<table>" + "".join(f"<tr>{row}</tr>" for row in out) + "</table>")


def normal_before_range(doc):
    """"Normal :" in front of intervals judges no value; a telephone number is no interval."""
    doc.add("<div>Pathology Department, Station Road, Nadiad - 387001 Ph. 0268-2550011</div>")
    adult(doc, "M", "Cardiac enzymes")
    rows = []
    for name, value, unit, ref in (
        ("Troponin I (hs)", "1,482", "ng/L", "< 34.2"),
        ("C.P.K.", "611", "U/L", "24 - 195"),
        ("CK-MB", "18", "U/L", "< 25"),
        ("L.D.H.", "540", "U/L", "225 - 450"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, f"{value} {unit}", f"Normal : {esc(ref)}"])
    doc.add(table(None, rows, style="width:80%"))


def range_listed_below(doc):
    """The bands of an interval in lines below words that lead them, in smaller type."""
    adult(doc)
    vitamin_d = "DEFICIENCY : <20 ng/ml|TOXICITY : >100 ng/ml"
    for name, value, unit, bands in (
        ("25-OH VITAMIN D (TOTAL)", "17.3", "ng/ml", vitamin_d),
        ("VITAMIN B-12", "168", "pg/ml", "Normal : 211 - 911 pg/ml"),
    ):
        doc.row(name, value, unit, bands.replace("|", " "))
        doc.add(table(["TEST NAME", "TECHNOLOGY", "VALUE", "UNITS"], [[name, "CLIA", value, unit]]))
        doc.add(
            "<div style='font-size:80%'><b>Reference Range :</b><br>"
            f"{esc(bands).replace('|', '<br>')}<br><b>Clinical Significance:</b><br>"
            "Found in meat, eggs and milk; a lack of it is common.</div>"
        )


def words_among_words(doc):
    """Words of judgement within the text of an interval judge nothing; a star does."""
    adult(doc)
    rows = []
    for mark, name, value, unit, ref in (
        (None, "HDL Cholesterol", "41", "mg/dL", "< 40 Low"),
        ("*", "LDL Cholesterol", "3.7", "mmol/L", "Low CV risk < 3.0|High CV risk < 1.8"),
        (None, "Glucose", "5.1", "mmol/L", "3.9 - 6.0"),
        ("*", "Potassium", "5.9", "mmol/L", "3.5 - 5.1"),
    ):
        doc.row(name, value, unit, ref.replace("|", " "), mark)
        rows.append([mark, name, value, unit, esc(ref).replace("|", "<br>")])
    doc.add(table(["", "TEST", "RESULT", "UNIT", "REFERENCE RANGE"], rows))


def glued_ranges(doc):
    """Intervals in brackets right behind their units, two results in a line."""
    adult(doc, "M", "HAEMATOLOGY")
    lines = []
    for left, right in (
        (("Haemoglobin", "118", "g/L", "130-180"), ("WBC", "11.9", "x10*9/L", "4.0-11.0")),
        (("RBC", "3.79", "x10*12/L", "4.50-6.50"), ("Neutrophils", "8.93", "x10*9/L", "2.0-7.5")),
        (("MCV", "92", "fL", "80-100"), ("Lymphocytes", "1.78", "x10*9/L", "1.0-4.0")),
    ):
        texts = []
        for name, value, unit, ref in (left, right):
            doc.row(name, value, unit, ref)
            texts.append(f"{name:13}{value:>6} {unit:8}({ref})")
        lines.append(f"{texts[0]:43}{texts[1]}")
    doc.add("<pre style=\"font-family:'Liberation Mono'\">" + "\n".join(lines) + "</pre>")


def fractions(doc):
    """Shares and amounts of fractions, each with its interval."""
    adult(doc, "F", "SERUM PROTEIN ELECTROPHORESIS")
    rows = []
    for name, share, of_share, amount, of_amount in (
        ("Albumin", "42.1", "55.8 - 66.1", "3.87", "4.02 - 4.76"),
        ("Alpha-1", "4.1", "2.9 - 4.9", "0.38", "0.21 - 0.35"),
        ("Gamma", "37.0", "11.1 - 18.8", "3.40", "0.80 - 1.35"),
    ):
        doc.row(name, share, "%", of_share)
        doc.row(name, amount, "g/dL", of_amount)
        rows.append([name, share, of_share, amount, of_amount])
    names = ["Fractions", "%", "Ref. %", "Conc. (g/dL)", "Ref. Conc. (g/dL)"]
    doc.add(table(names, rows))


def stepped_with_methods(doc):
    """Values level with the middle of an interval, between a name and its method."""
    adult(doc, "M")
    doc.css.append("td{vertical-align:middle !important;padding:4px !important}")
    rows = []
    for name, method, value, unit, ref in (
        ("Total Cholesterol", "CHOD-PAP", "212", "mg/dL", STEPPED[3][3]),
        ("HDL Cholesterol", "Direct", "38", "mg/dL", "Low : < 40|High : >= 60"),
        ("Serum Creatinine", "Jaffe", "0.9", "mg/dL", "0.7 - 1.3"),
        ("Fasting Glucose", "Hexokinase", "109", "mg/dL", "Normal : 70 - 99|Diabetes : >= 126"),
    ):
        doc.row(name, value, unit, ref.replace("|", " "))
        first = f"{name}<br><small>Method : {method}</small>"
        rows.append([first, value, unit, esc(ref).replace("|", "<br>")])
    doc.add(table(["Test Description", "Result", "Unit", "Reference Interval"], rows))


def flags_behind_units(doc):
    """A value, its unit and its mark in one cell, the unit glued to the number."""
    adult(doc)
    rows = []
    for name, value, unit, ref, flag in (
        ("Haemoglobin", "8.9", "g/dL", "12 to 16 g/dL", "(L)"),
        ("PCV", "28", "%", "36 to 46 %", "(L)"),
        ("Total WBC", "6800", "/cu.mm", "4000 to 11000 /cu.mm", None),
        ("TSH", "7.2", "µIU/mL", "0.4 to 4.5 µIU/mL", "(H)"),
    ):
        doc.row(name, value, unit, ref, flag)
        rows.append([name, f"{value}{unit} {flag or ''}", ref])
    doc.add(table(["Investigation", "Result", "Normal range"], rows))


def normal_value_behind(doc):
    """Units with the names, and intervals behind the words "Normal value"."""
    adult(doc)
    for name, value, unit, ref in (
        ("Haemoglobin", "11.0", "g/dL", "12.0-16.0"),
        ("Creatinine", "131", "µmol/L", "45-84"),
        ("Total cholesterol", "5.8", "mmol/L", "<5.2"),
    ):
        doc.row(name, value, unit, ref)
        doc.add(f"<p>{name} ({unit}) : <b>{value}</b> &nbsp;&nbsp; Normal value {esc(ref)}</p>")


def ratio_alone(doc):
    """A ratio without unit and interval, and a limit that stands where the values do."""
    adult(doc, "M", "COAGULATION")
    lines = []
    for name, value, unit, ref in (
        ("INR", "2.4", "", ""),
        ("Prothrombin time", "27", "sec", "11-15"),
        ("APTT", "34", "sec", "25-37"),
        ("Fibrinogen", "3.1", "g/L", "2.0-4.0"),
        ("CRP", "< 0.6", "mg/L", ""),
    ):
        doc.row(name, value, unit, ref and f"({ref})")
        lines.append(f"{name:22}{value:>8} {unit:12}{ref and f'({ref})'}")
    lines += ["Target INR                 2.5", "Detection limit          < 20 copies/mL"]
    doc.add("<p>Therapeutic range for most indications is 2.0 - 3.0</p>")
    doc.add("<pre style=\"font-family:'Liberation Mono'\">" + "\n".join(lines) + "</pre>")


DOCS = [
    stepped_in_the_middle,
    stepped_at_the_end,
    columns_of_sexes,
    columns_of_men,
    right_to_left,
    right_to_left_numbered,
    days_with_marks,
    days_over_requests,
    days_in_one_order,
    days_over_procedures,
    normal_before_range,
    range_listed_below,
    words_among_words,
    glued_ranges,
    fractions,
    stepped_with_methods,
    flags_behind_units,
    normal_value_behind,
    ratio_alone,
]
