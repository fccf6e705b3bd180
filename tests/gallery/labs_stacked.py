# SPDX-License-Identifier: Apache-2.0
"""Parts of a result below each other or with pictures between them: cards of portals, cells that
hold a number over its unit, scales between the limits, days below earlier results."""
from gallery import esc, head, table

BAR = (
    "<div style='height:5px;background:#ddd;position:relative;min-width:90px'>"
    "<div style='position:absolute;left:30%;width:40%;height:5px;background:#7a7'></div></div>"
)
SMALL = "style='font-size:75%;color:#555'"
NUMBERS = (
    ("Sodium", "131", "mmol/L", "136", "145", "Low"),
    ("Potassium", "4.2", "mmol/L", "3.5", "5.1", ""),
    ("Creatinine", "1.84", "mg/dL", "0.60", "1.20", "High"),
    ("Calcium", "9.1", "mg/dL", "8.6", "10.3", ""),
    ("Albumin", "4.0", "g/dL", "3.5", "5.2", ""),
    ("Hemoglobin", "11.2", "g/dL", "12.0", "16.0", "Low"),
)


def short_head(doc, title):
    head(doc, [("Patient", doc.person), ("Sex", "F"), ("Age", "41")], 3, title)


def scale(low, high):
    """A bar with its limits in small type below it."""
    ends = "".join(
        f"<span style='position:absolute;left:{at}%'>{text}</span>"
        for at, text in ((29, low), (68, high))
    )
    return f"{BAR}<div style='position:relative;height:10px;font-size:70%'>{ends}</div>"


def value_card(doc, row, is_scale_first):
    name, value, unit, low, high, flag = row
    doc.row(name, value, unit, f"{low} - {high} {unit}", flag or None)
    result = (
        f"<div style='font-size:75%'>Value</div><b style='font-size:150%'>{value}</b>"
        + (f" <span style='margin-left:1em'>{flag}</span>" if flag else "")
    )
    parts = [scale(low, high), result] if is_scale_first else [result, scale(low, high)]
    return (
        "<div style='border:1px solid #ccc;padding:6px;margin:5px 0;break-inside:avoid'>"
        f"<div style='font-size:115%;font-weight:bold'>{name}</div>"
        f"<div>Normal range: {low} - {high} {unit}</div>{''.join(parts)}</div>"
    )


def value_cards(doc):
    """A card for each result; "Value" stands above the number, a scale below it."""
    short_head(doc, "BASIC METABOLIC PANEL - Details")
    doc.add(*(value_card(doc, row, False) for row in NUMBERS))


def value_cards_abreast(doc):
    """Two cards side by side, the scale before the value."""
    short_head(doc, "Renal Function Panel")
    cards = "".join(value_card(doc, row, True) for row in NUMBERS)
    doc.add(f"<div style='display:grid;grid-template-columns:1fr 1fr;gap:8px'>{cards}</div>")


def judged_in_large_type(doc):
    """The value, its unit and "In range" in larger type beside a small name."""
    short_head(doc, "Results for METABOLIC PANEL")
    for name, value, unit, low, high, flag in NUMBERS:
        flag = flag or "In range"
        doc.row(name, value, unit, f"{low}-{high} {unit}", flag)
        zones = "".join(
            f"<td style='font-size:60%;text-align:center'>{zone} range</td>"
            for zone in ("Below", "In", "Above")
        )
        doc.add(
            "<div style='border:1px solid #ddd;margin:6px 0;padding:4px'><table><tr>"
            f"<td style='width:45%'>{name}<div {SMALL}>Reference range: {low}-{high} {unit}</div>"
            f"<td><b style='font-size:150%'>{value}</b> <span {SMALL}>{unit}</span>"
            f"<td {SMALL}>{flag}</tr></table><table><tr>{zones}</tr></table></div>"
        )


def limits_around_a_bar(doc):
    """Under one heading the lower limit, a bar, and the upper limit; "<" where there is none."""
    short_head(doc, "CHEMISTRY")
    rows = []
    for name, value, unit, low, high, flag in NUMBERS:
        doc.row(name, value, unit, f"{low} - {high}")
        rows.append([name, value, unit, low, BAR, high])
    doc.row("Triglycerides", "131", "mg/dL", "< 150")
    rows.append(["Triglycerides", "131", "mg/dL", "&lt;", BAR, "150"])
    out = ["<table><tr><th>Test<th>Result<th>Unit<th colspan=3>Reference range</tr>"]
    for row in rows:
        out.append("<tr>" + "".join(f"<td>{text}" for text in row) + "</tr>")
    doc.add("".join(out) + "</table>")


def limits_above_a_bar(doc):
    """A dot that judges by its colour alone, and the limits in small type above a bar."""
    doc.language = "es"
    short_head(doc, "QUIMICA CLINICA")
    rows = []
    for name, value, unit, low, high in (
        ("GLUCOSA EN AYUNO", "104", "mg/dL", "74", "99"),
        ("CREATININA SÉRICA", "1.08", "mg/dL", "0.70", "1.30"),
        ("COLESTEROL HDL", "36", "mg/dL", "40", "60"),
        ("HEMOGLOBINA", "15.8", "g/dL", "13.5", "17.5"),
    ):
        doc.row(name, value, unit, f"{low} - {high}")
        ends = "".join(
            f"<span style='position:absolute;left:{at}%'>{text}</span>"
            for at, text in ((25, low), (72, high))
        )
        bar = f"<div style='position:relative;height:9px;font-size:75%'>{ends}</div>{BAR}"
        rows.append([name, "<span style='color:#2a4'>●</span>", f"<b>{value}</b>", unit, bar])
    names = ["ESTUDIO", "", "RESULTADO", "UNIDADES", "VALOR DE REFERENCIA"]
    widths = ["", "", "", "", "style='width:30%'"]
    doc.add(table(names, rows, widths))


def unit_below_value(doc):
    """Two analytes in a row, a star before what is abnormal, the unit below each number."""
    doc.language, doc.comma = "es", True
    short_head(doc, "BIOQUÍMICA")
    cells = []
    for name, value, unit, ref, star in (
        ("Glucosa", "92", "mg/dL", "74 - 106", ""),
        ("Urea", "61", "mg/dL", "17 - 43", "*"),
        ("Creatinina", "1,38", "mg/dL", "0,67 - 1,17", "*"),
        ("Colesterol", "168", "mg/dL", "0 - 200", ""),
        ("Potasio", "5,4", "mmol/L", "3,5 - 5,1", "*"),
        ("Sodio", "139", "mmol/L", "136 - 146", ""),
        ("Actividad de protrombina", "38", "%", "70 - 120", "*"),
        ("INR", "2,14", None, "0,80 - 1,20", "*"),
    ):
        doc.row(name, value, unit, ref, star or None)
        cells.append(
            f"<td>{name}<td style='text-align:right'><b>{star} {value}</b>"
            f"<div {SMALL}>{unit or ''}</div><td>[ {ref} ]"
        )
    out = [f"<tr>{left}{right}</tr>" for left, right in zip(cells[::2], cells[1::2])]
    doc.add("<table>" + "".join(out) + "</table>")


def days_below_earlier(doc):
    """No headings: below each number its unit, below the earlier one its day."""
    doc.language, doc.comma = "fr", True
    short_head(doc, "HÉMATOLOGIE")
    rows = []
    for name, value, unit, ref, before in (
        ("Hématies", "4,21", "T/L", "4,28 à 5,79", "4,33"),
        ("Hémoglobine", "12,7", "g/dL", "13,4 à 16,7", "13,1"),
        ("Plaquettes", "412", "G/L", "161 à 398", "377"),
        ("Créatinine", "96", "µmol/L", "64 à 104", "91"),
        ("CRP", "8,1", "mg/L", "< 5,0", "2,2"),
        ("TSH", "1,93", "mUI/L", "0,35 à 4,94", "2,05"),
    ):
        doc.row(name, value, unit, ref)
        rows.append(
            [
                f"<b>{name}</b><div {SMALL}>Technique automatisée</div>",
                f"{value}<div {SMALL}>{unit}</div>",
                BAR,
                f"{esc(ref)}<div {SMALL}>{unit}</div>",
                f"{before}<div {SMALL}>04/06/2023</div>",
            ]
        )
    doc.add(table(None, rows))


def chart_beside(doc):
    """Earlier results as a chart beside each result: the numbers at its axis are none."""
    doc.language, doc.comma = "pt", True
    short_head(doc, "LAUDO")
    for name, value, unit, ref, axis in (
        ("COLESTEROL TOTAL", "201", "mg/dL", "Desejável: inferior a 190 mg/dL", (210, 200, 190)),
        ("VITAMINA D - 25 HIDROXI", "27,1", "ng/mL", "De 20 a 60 ng/mL", (30, 25, 20)),
        ("UREIA", "34", "mg/dL", "De 15 a 43 mg/dL", (40, 30, 20)),
        ("GAMA GT", "22", "U/L", "inferior a 73 U/L", (25, 20, 15)),
    ):
        doc.row(name, value, unit, ref)
        ticks = "".join(f"<text x=2 y={10 + 17 * i}>{text}</text>" for i, text in enumerate(axis))
        line = "<polyline points='30,30 75,20 120,26' fill='none' stroke='#06c'/>"
        days = "<text x=30 y=60>05/22</text><text x=110 y=60>05/23</text>"
        chart = f"<svg width=170 height=64 font-size='6'>{ticks}{line}{days}</svg>"
        doc.add(
            "<table style='border-bottom:1px solid #bbb;break-inside:avoid'><tr>"
            f"<td style='width:58%'><b>{name}</b><div {SMALL}>Método: Colorimétrico</div>"
            f"<b style='font-size:130%'>{value} {unit}</b>"
            f"<div {SMALL}>Valor de referência: {ref}</div><td>{chart}</tr></table>"
        )


def judged_below(doc):
    """The judgement in words below the result, in smaller type; an interval open at its end."""
    short_head(doc, "Pathology Report")
    for name, value, unit, ref, flag in (
        ("Haemoglobin concentration", "108", "g/L", "115.0 - 165.0", "Below low reference limit"),
        ("Total white cell count", "6.1", "10*9/L", "4.0 - 11.0", None),
        ("Platelet count", "431", "10*9/L", "150.0 - 400.0", "Above high reference limit"),
        ("Serum sodium level", "140", "mmol/L", "133.0 - 146.0", None),
        ("eGFR using creatinine", ">90", "mL/min", "60.0 -", None),
    ):
        doc.row(name, value, unit, f"[{ref}]" if ref.endswith("-") else ref, flag)
        below = f"<tr><td><td colspan=2 {SMALL}><i>{flag}</i></tr>" if flag else ""
        doc.add(
            f"<table><tr><td style='width:48%'>{name}<td style='width:20%'><b>{esc(value)}</b> "
            f"{unit}<td>[{ref}]</tr>{below}</table>"
        )


def legend_below(doc):
    """What the flags mean, and who was called, right below the last interval."""
    short_head(doc, "Lab Results")
    rows = []
    for name, value, unit, ref, flag in (
        ("Sodium", "131", "mmol/L", "136 - 145", "(L)"),
        ("Potassium", "3.6", "mmol/L", "3.5 - 5.1", None),
        ("Lactate", "2.6", "mmol/L", "0.5 - 2.2", "(H)"),
    ):
        doc.row(name, value, unit, ref, flag)
        rows.append([name, f"{ref} {unit}", f"{value} {flag or ''}"])
    doc.add(table(["Component", "Ref Range &amp; Units", "Value"], rows))
    doc.add(
        "<div>(H): Data is abnormally high &emsp; &emsp; (L): Data is abnormally low</div>",
        "<p>&nbsp;</p>",
    )
    lines = ["  Test                     Result       Flag      Reference            Site"]
    for name, value, flag, ref, unit in (
        ("Glucose", "131", "H", "70-105", "mg/dL"),
        ("Lipase", "1,940", "*H", "22-51", "U/L"),
        ("Total Protein", "6.9", "", "6.1-7.9", "g/dL"),
    ):
        doc.row(name, value, unit, f"{ref} {unit}", flag or None)
        lines.append(f"  {name:<25}{value:>6}       {flag:<5}     {ref + ' ' + unit:<21}ML")
        if name == "Lipase":
            lines.append("     &gt; CRITICAL VALUE CALLED TO AND READ BACK BY: J. DUARTE RN 2251")
    doc.add("<pre style='font-family:Liberation Mono'>" + "\n".join(lines) + "</pre>")


def ranges_under_cells(doc):
    """Three results in a line, each with its interval in brackets and small type below it."""
    short_head(doc, "Morning Labs")
    results = (
        ("Sodium", "141", "136-145", ""),
        ("K", "3.3", "3.5-5.1", "L"),
        ("Cl", "103", "98-107", ""),
        ("CO2", "25", "21-32", ""),
        ("BUN", "24", "7-18", "H"),
        ("Calcium", "8.8", "8.5-10.1", ""),
    )
    out = []
    for name, value, ref, flag in results:
        doc.row(name, value, None, ref, flag or None)
        out.append(
            f"<td style='padding:6px'><b>{name}</b> {value} {flag}<br>"
            f"<span style='font-size:70%'>({ref})</span>"
        )
    rows = ("<tr>" + "".join(out[:3]) + "</tr>", "<tr>" + "".join(out[3:]) + "</tr>")
    doc.add("<table>" + "".join(rows) + "</table>")


def judged_names(doc):
    """Cards whose name is followed by the judgement in small type; an earlier result in words."""
    short_head(doc, "Lipid Panel")
    for name, value, unit, ref, flag, before in (
        ("Cholesterol", "214", "mg/dL", "Less than 200", "High", "198"),
        ("Triglycerides", "99", "mg/dL", "Less than 150", "", "120"),
        ("HDL Cholesterol", "61", "mg/dL", "Greater than 39", "", "58"),
        ("Glucose", "94", "mg/dL", "70 - 99", "", "97"),
    ):
        doc.row(name, value, unit, f"{ref} {unit}", flag or None)
        doc.add(
            "<div style='border:1px solid #ccc;padding:7px;margin:6px 0'>"
            f"<div style='font-size:130%'><b>{name}</b> <small {SMALL}>{flag}</small></div>"
            f"<div style='font-size:150%'>{value} <span style='font-size:60%'>{unit}</span></div>"
            f"<div {SMALL}>Standard range: {ref} {unit}</div>"
            f"<div {SMALL}>Previous: {before} {unit} on Mar 3, 2023</div></div>"
        )


DOCS = [
    value_cards,
    value_cards_abreast,
    judged_in_large_type,
    limits_around_a_bar,
    limits_above_a_bar,
    unit_below_value,
    days_below_earlier,
    chart_beside,
    judged_below,
    legend_below,
    ranges_under_cells,
    judged_names,
]
