# SPDX-License-Identifier: Apache-2.0
"""What reports of other parts of the world do with headings, days, signs and words."""
from gallery import PANELS, esc, head, table

SMALL = "font-size:75%"


def world_head(doc, title):
    head(doc, [("Name", doc.person), ("Age / Sex", "50 Years / Male")], 2, title)


def rows_of(doc, panel, n):
    rows = [r for r in doc.panel(PANELS[panel]) if not isinstance(r, str)]
    for dropped in rows[n:]:
        doc.rows.remove(dropped)
    return rows[:n]


def earlier(doc, row):
    return doc.draw(row.ref or "", 0)[0]


def days_above(doc):
    """Dates in a line of their own above the column words, times of day beside these."""
    world_head(doc, "CITY LAB")
    rows = [
        ["", "", "", "25-Jan-25", "19-Oct-24", "02-Jul-24"],
        ["<b>Test(s)</b>", "<b>Normal Value</b>", "<b>Unit</b>", "09:21", "10:02", "08:47"],
    ]
    for r in rows_of(doc, "america CMP", 12):
        rows.append([esc(r.name), esc(r.ref), r.unit, r.value, earlier(doc, r), earlier(doc, r)])
    doc.add(table(None, rows))


def days_below(doc):
    """Dates below the column words, the newest between interval and unit."""
    world_head(doc, "HEALTH EXAMINATION")
    rows = [
        ["Item", "Reference", "Judge", "", "Unit", "", ""],
        ["", "", "", "2024/10/21", "", "2023/10/16", "2022/10/24"],
    ]
    for r in rows_of(doc, "america CBC", 9):
        rows.append(
            [esc(r.name), esc(r.ref), "", r.value, r.unit, earlier(doc, r), earlier(doc, r)]
        )
    doc.add(table(None, rows))


def short_days(doc):
    """'03 Jan 24' over earlier results, the method behind them."""
    world_head(doc, "METRO LABS")
    rows = []
    for r in rows_of(doc, "america CMP", 12):
        rows.append(
            [esc(r.name), r.value, r.unit, esc(r.ref), earlier(doc, r), earlier(doc, r), "ECLIA"]
        )
    headings = ["Test Name", "Result", "Unit", "Bio. Ref. Interval", "03 Jan 24", "11 Aug 23"]
    doc.add(table(headings + ["Method"], rows))


def two_systems(doc):
    """Value with its unit and interval, twice, without a heading for the units."""
    world_head(doc, "CENTRO DE MEDICINA LABORATORIAL")
    doc.comma = True
    rows = []
    for name, unit, ref, other, low, high, factor in (
        ("Hemoglobina", "g/dL", "11,5 - 16,0", "g/L", 115, 160, 10),
        ("Glicose", "mg/dL", "70 - 110", "mmol/L", 3.9, 6.1, 0.0555),
        ("Creatinina", "mg/dL", "0,50 - 0,90", "µmol/L", 44.2, 79.6, 88.4),
        ("Colesterol Total", "mg/dL", "100 - 190", "mmol/L", 2.6, 4.9, 0.0259),
        ("Ácido Úrico", "mg/dL", "2,4 - 5,7", "µmol/L", 143, 339, 59.48),
        ("Cálcio", "mg/dL", "8,6 - 10,2", "mmol/L", 2.15, 2.55, 0.25),
    ):
        r = doc.row(name, None, unit, ref)
        second = f"{float(r.value.replace(',', '.')) * factor:.1f}".replace(".", ",")
        limits = f"{low} - {high}".replace(".", ",")
        rows.append([name, f"{r.value} {unit}", ref, f"{second} {other}", limits])
    doc.add(table(["Análise", "Resultado", "Valores Ref.", "Resultado", "Valores Ref."], rows))


def out_of_over_range(doc):
    """Two columns for the value whose headings take two lines."""
    world_head(doc, "LABORATORIO CENTRAL")
    rows = []
    for r in rows_of(doc, "america CBC", 9):
        places = ["", f"{r.value} *"] if r.judged else [r.value, ""]
        r.flag = "*" if r.judged else None
        rows.append([esc(r.name), *places, r.unit, esc(r.ref)])
    headings = ["ESTUDIO", "DENTRO DE<br>RANGO", "FUERA DE<br>RANGO", "UNIDADES"]
    doc.add(table(headings + ["VALORES DE REFERENCIA"], rows))


def name_in_title(doc):
    """A table for each result, which has its name from the title above it."""
    world_head(doc, "LABORATÓRIO DAS FLORES")
    for name, unit, ref in (
        ("GLICOSE", "mg/dL", "70 a 99"),
        ("CREATININA", "mg/dL", "0,70 a 1,30"),
        ("UREIA", "mg/dL", "10 a 50"),
        ("FERRITINA", "ng/mL", "30 a 400"),
    ):
        doc.comma = True
        r = doc.row(name, None, unit, ref)
        doc.add(f"<p style='margin:8px 0 0'><b>{name}</b></p>")
        doc.add(f"<div style='{SMALL}'>Material: soro &nbsp; &nbsp; Método: Enzimático</div>")
        doc.add(table(["RESULTADO", "VALOR DE REFERÊNCIA"], [[f"{r.value} {unit}", ref]]))


def sign_apart(doc):
    """> and < in a column before the value say where it lies."""
    world_head(doc, "STAR DIAGNOSTIEK")
    rows = []
    for r in rows_of(doc, "america CMP", 14):
        r.flag = {"H": ">", "L": "<", "": None}[r.judged]
        rows.append([esc(r.name), esc(r.flag), r.value, r.unit, esc(r.ref)])
    headings = ["Bepaling", "", "18-02-2026", "Eenheid", "Referentiewaarden"]
    doc.add(table(headings, rows))


def scale_bars(doc):
    """Name and large value level with each other, the interval below, a scale in the middle."""
    world_head(doc, "MyChart")
    for r in rows_of(doc, "america CBC", 9):
        low, high = r.ref.split("-")
        doc.add(
            "<table style='margin-top:9px'><tr>"
            f"<td style='width:55%'><b>{esc(r.name)}</b></td>"
            f"<td style='text-align:right;font-size:170%'>{r.value}</td></tr>"
            f"<tr><td style='{SMALL}'>Normal range: {low} - {high} {r.unit}</td></tr></table>"
        )
        r.ref = f"{low} - {high}"


def words_and_grades(doc):
    """Results in words with their grade in brackets, times, and counts in a field."""
    world_head(doc, "CLINICAL PATHOLOGY")
    rows = []
    for name, value, unit, ref in (
        ("Colour", "Pale yellow", None, "Pale yellow"),
        ("Urine Protein", "Present (++)", None, "Absent"),
        ("Urine Glucose", "(-)", None, "(-)"),
        ("Pus Cells", "2-4", "/hpf", None),
        ("Epithelial Cells", "1-3", "/hpf", None),
        ("HBsAg", "Non Reactive (0.41)", None, "Non Reactive"),
        ("Clotting Time", "4 Min 30 Sec", None, None),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit or "", ref or ""])
    doc.add(table(["Test", "Result", "Unit", "Reference"], rows))


def abnormal_column(doc):
    """Abnormal results in a column of their own, and a column that nobody knows."""
    world_head(doc, "DESERT LABORATORY")
    rows = []
    for r in rows_of(doc, "america CMP", 12):
        r.flag = r.judged or None
        places = ["", f"{r.value} {r.judged}"] if r.judged else [r.value, ""]
        rows.append([esc(r.name), *places, esc(r.ref), r.unit, "1"])
    headings = ["TEST", "RESULT", "ABNORMAL", "REFERENCE", "UNITS", "SHELF"]
    doc.add(table(headings, rows))


def glued_signs(doc):
    """+ and - right behind the numbers, of today and of before."""
    world_head(doc, "KLINIKUM NORD, KUMULATIVBEFUND")
    rows = []
    for r in rows_of(doc, "america CBC", 9):
        sign = {"H": "+", "L": "-", "": ""}[r.judged]
        r.flag = sign or None
        rows.append([esc(r.name), r.unit, esc(r.ref), earlier(doc, r), r.value + sign])
    doc.add(table(["Analyse", "Einheit", "Referenz", "01.05.2026", "04.05.2026"], rows))


def letter_sentence(doc):
    """The results of a letter in a sentence, with arrows and some intervals."""
    world_head(doc, "Klinikum Nord, Entlassungsbrief")
    doc.comma = True
    parts = []
    for name, unit, ref in (
        ("Hb", "g/dl", "12,0-15,5"),
        ("MCV", "fl", "80-96"),
        ("Kalium", "mmol/l", "3,5-5,1"),
        ("Kreatinin", "mg/dl", "0,5-0,9"),
        ("Ferritin", "ng/ml", "15-150"),
        ("TSH", "mU/l", "0,4-4,0"),
    ):
        r = doc.row(name, None, unit, ref)
        r.flag = {"H": "↑", "L": "↓", "": None}[r.judged]
        parts.append(f"{name} {r.value} {unit}{' ' + r.flag if r.flag else ''} ({ref})")
    doc.add(f"<p>Labor bei Aufnahme (11.05.2026): {', '.join(parts)}.</p>")


def judged_cards(doc):
    """A card for each result: name and judgement, large value, scale, interval."""
    world_head(doc, "everywhere well")
    for r in rows_of(doc, "america CMP", 3):
        low, high = r.ref.split("-")
        word = {"H": "HIGH", "L": "LOW", "": "Normal"}[r.judged]
        r.flag = word if r.judged else None
        r.ref = f"{low} - {high}"
        doc.add(
            "<table style='margin-top:16px'>"
            f"<tr><td><b>{esc(r.name)}</b></td><td></td>"
            f"<td style='text-align:right'>{word}</td></tr>"
            f"<tr><td style='font-size:160%'>{r.value} {r.unit}</td></tr>"
            f"<tr><td></td><td>{low} &nbsp; &nbsp; &nbsp; &nbsp; {high}</td></tr>"
            f"<tr><td>Reference range: {r.ref} {r.unit}</td></tr></table>"
        )


def male_and_female(doc):
    """Two lines of interval, for men and for women, and the end of a name beside the second."""
    world_head(doc, "POPULAR LAB")
    rows = []
    for name, unit, low, high in (
        ("Haemoglobin", "g/dL", (13.0, 17.0), (12.0, 15.0)),
        ("PCV", "%", (40, 54), (37, 47)),
        ("Ferritin", "ng/mL", (30, 400), (13, 150)),
    ):
        men, women = (f"{sex}: {a} - {b}" for sex, (a, b) in (("M", low), ("F", high)))
        r = doc.row(name, None, unit, f"{low[0]} - {low[1]}")
        r.ref = f"{men} {women}"
        rows.append([esc(name), r.value, unit, men])
        rows.append(["", "", "", women])
    doc.add(table(["Test", "Result", "Unit", "Reference Range"], rows))


DOCS = [
    days_above,
    days_below,
    short_days,
    two_systems,
    out_of_over_range,
    name_in_title,
    sign_apart,
    scale_bars,
    words_and_grades,
    abnormal_column,
    glued_signs,
    letter_sentence,
    judged_cards,
    male_and_female,
]
