# SPDX-License-Identifier: Apache-2.0
"""Shares and counts with their intervals, a second unit below, and columns of other days beside
the values: what stands next to a number may be of another one."""
from gallery import head, table


def short_head(doc, title):
    head(doc, [("Patient", doc.person), ("Sex", "F"), ("Age", "41")], 3, title)


def formula_with_ranges(doc):
    """Share, its interval, count, its interval, below headings that are units."""
    doc.language, doc.comma = "it", True
    short_head(doc, "EMATOLOGIA")
    doc.row("Emoglobina", "11,8", "g/dL", "12,0 - 16,0", "*")
    doc.row("Piastrine", "302", "10^9/L", "150 - 400")
    names = ["Esame", "Risultato", "", "U.M.", "Valori di riferimento"]
    rows = [["Emoglobina", "11,8", "*", "g/dL", "12,0 - 16,0"]]
    rows += [["Piastrine", "302", "", "10^9/L", "150 - 400"]]
    doc.add(table(names, rows))
    rows = []
    for name, share, range_of_share, count, range_of_count in (
        ("Neutrofili", "66,2", "40,0 - 74,0", "5,59", "1,90 - 8,00"),
        ("Linfociti", "22,1", "19,0 - 48,0", "1,87", "0,90 - 5,20"),
        ("Eosinofili", "3,1", "0,0 - 7,0", "0,26", "0,00 - 0,80"),
    ):
        doc.row(name, share, "%", range_of_share)
        doc.row(name, count, "10^9/L", range_of_count)
        rows.append([name, share, range_of_share, count, range_of_count])
    names = ["Formula leucocitaria", "%", "Rif. %", "10^9/L", "Rif. 10^9/L"]
    doc.add("<p></p>", table(names, rows))
    rows = []
    for name, share, range_of_share, amount, range_of_amount in (
        ("Albumina", "51,2", "55,8 - 66,1", "4,04", "3,57 - 5,42"),
        ("Alfa 1", "4,0", "2,9 - 4,9", "0,30", "0,19 - 0,40"),
        ("Gamma", "21,5", "11,1 - 18,8", "1,70", "0,71 - 1,54"),
    ):
        doc.row(name, share, "%", range_of_share)
        doc.row(name, amount, "g/dL", range_of_amount)
        rows.append([name, share, range_of_share, amount, range_of_amount])
    doc.add("<p></p>", table(["Frazioni", "%", "Rif. %", "g/dL", "Rif. g/dL"], rows))


def unknown_shares(doc):
    """Cells that few laboratories name, each with share, count and both intervals."""
    doc.language = "pt"
    short_head(doc, "LEUCOGRAMA")
    rows = []
    for name, share, count, range_of_share, range_of_count in (
        ("Bastonetes", "6", "746", "0 a 5", "0 a 550"),
        ("Segmentados", "71", "825", "45 a 70", "480 a 770"),
        ("Linfocitos", "14", "940", "20 a 50", "740 a 950"),
    ):
        doc.row(name, share, "%", f"{range_of_share} %")
        doc.row(name, count, "/mm3", f"{range_of_count} /mm3")
        rows.append(
            [name, f"{share} %", f"{count} /mm3", f"{range_of_share} %", f"{range_of_count} /mm3"]
        )
    doc.add(table(None, rows))


def previous_over_day(doc):
    """A title in the place of "Test", no heading over the values, and "previous" with its day in
    two lines: the only day of the heading is not that of the values."""
    doc.language, doc.comma = "fr", True
    short_head(doc, "HÉMATOCYTOLOGIE")
    rows = []
    for name, value, unit, ref, before in (
        ("Leucocytes", "5,92", "Giga/L", "4,00 à 10,00", "6,31"),
        ("Hématies", "4,74", "Tera/L", "3,90 à 5,20", "4,66"),
        ("Hémoglobine", "14,1", "g/dL", "11,5 à 15,5", "13,9"),
        ("Hématocrite", "42,6", "%", "35,0 à 46,0", "41,8"),
        ("Plaquettes", "142", "Giga/L", "150 à 400", "166"),
    ):
        doc.row(name, value, unit, f"({ref})")
        rows.append([name, value, unit, f"({ref})", before])
    names = ["NUMÉRATION GLOBULAIRE", "", "", "Valeurs de référence"]
    names.append("Antériorités<br>04/05/2023")
    middle = "style='vertical-align:middle'"
    doc.add(table(names, rows, [middle] * 5))
    rows = []
    for name, value, unit, ref, second in (
        ("Glycémie à jeun", "6,42", "mmol/L", "4,11 à 6,05", ("1,16", "g/L", "(0,74 à 1,09)")),
        ("Créatininémie", "74", "µmol/L", "45 à 84", ("8,4", "mg/L", "(5,1 à 9,5)")),
        ("Acide urique", "341", "µmol/L", "143 à 339", ("57", "mg/L", "(24 à 57)")),
    ):
        doc.row(name, value, unit, f"({ref})")
        rows.append([name, value, unit, f"({ref})", ""])
        rows.append(["<i>Enzymatique - Cobas</i>", *second, ""])
    doc.add("<p><b>BIOCHIMIE SANGUINE</b></p>", table(None, rows))


def range_behind_method(doc):
    """Below each result its method, and in the same line the interval."""
    doc.language, doc.comma = "es", True
    short_head(doc, "QUÍMICA CLÍNICA")
    for name, value, unit, ref, method in (
        ("Glucemia", "103", "mg/dl", "70 - 110 mg/dl", "Hexoquinasa"),
        ("Creatininemia", "0,72", "mg/dl", "0,50 - 0,95 mg/dl", "Jaffé"),
        ("Colesterol total", "236", "mg/dl", "Deseable: menor de 200 mg/dl", "CHOD-PAP"),
        ("Fosfatasa alcalina", "88", "U/l", "35 - 104 U/l", "IFCC"),
        ("Tirotrofina (TSH)", "5,84", "µUI/ml", "0,27 - 4,20 µUI/ml", "ECLIA"),
    ):
        doc.row(name, value, unit, ref)
        wide = "style='width:55%'"
        doc.add(
            f"<table style='margin-top:4px'><tr><td {wide}>{name}<td style='text-align:right'>"
            f"<b>{value}</b><td>{unit}</tr></table><table style='font-size:80%'><tr>"
            f"<td {wide}>Método: {method}<td>V.R.: {ref}</tr></table>"
        )


def notes_behind_numbers(doc):
    """A letter and a figure in small type behind a result refer to remarks below the table."""
    short_head(doc, "Protein Electrophoresis, Serum")
    rows = []
    for name, value, note, flag, unit, ref in (
        ("Total Protein", "7.1", "", "", "g/dL", "6.3-8.2"),
        ("Albumin", "3.44", "f1", "L", "g/dL", "3.75-5.01"),
        ("Immunoglobulin A", "166", "i1", "", "mg/dL", "68-408"),
        ("Immunoglobulin G", "1910", "", "H", "mg/dL", "768-1632"),
        ("Immunoglobulin M", "44", "i2", "", "mg/dL", "35-263"),
    ):
        doc.row(name, value, unit, ref, flag or None)
        small = f"<sup style='font-size:70%;margin-left:0.4em'>{note}</sup>"
        rows.append([name, value + small, flag, unit, ref])
    doc.add(table(["Test", "Result", "Flag", "Units", "Reference Interval"], rows))
    doc.add("<p>f1: developed by the laboratory &emsp; i1, i2: see the test directory</p>")


def outside_the_norms(doc):
    """Two places for the result, "outside the norms" and "within the norms", in French."""
    doc.language, doc.comma = "fr", True
    short_head(doc, "MARQUEURS")
    rows = []
    for name, value, unit, ref, is_outside in (
        ("Créatinine", "118", "µmol/L", "62 - 106", True),
        ("Gamma GT", "38", "U/L", "≤ 60", False),
        ("Ratio chol. total/HDL", "3,6", None, "< 5,0", False),
        ("APS totale", "4,82", "µg/L", "< 4,00", True),
        ("APS libre", "0,91", "µg/L", None, False),
    ):
        doc.row(name, value, unit, ref)
        places = [value, ""] if is_outside else ["", value]
        rows.append([name, *places, (ref or "").replace("<", "&lt;"), unit])
    names = ["ANALYSES", "HORS NORMES", "DANS LES NORMES", "VALEURS DE RÉFÉRENCE", "UNITÉS"]
    doc.add(table(names, rows))


def result_over_day(doc):
    """The days of all results in the heading, and "Result" over that of the newest."""
    short_head(doc, "Laboratory Trend Report")
    rows = []
    for name, value, unit, ref, flag, before, first in (
        ("WBC", "12.9", "10^3/uL", "4.5 - 11.0", "H", "9.1", "8.0"),
        ("Hemoglobin", "10.9", "g/dL", "12.0 - 16.0", "L", "11.2", "12.4"),
        ("Platelets", "402", "10^3/uL", "150 - 450", "", "388", "290"),
        ("Potassium", "3.4", "mmol/L", "3.5 - 5.1", "L", "3.9", "4.2"),
    ):
        doc.row(name, value, unit, ref, flag or None)
        rows.append([name, unit, ref, f"<b>{value}</b>", flag, before, first])
    names = ["Test", "Units", "Reference Range", "Result<br>11/12/2023 06:10", ""]
    names += ["11/10/2023 06:00", "08/02/2023 09:30"]
    doc.add(table(names, rows, ["style='vertical-align:middle'"] * 7))


def systems_in_two_words(doc):
    """The same results in two systems of units, of which the second is headed "SI"."""
    doc.language, doc.comma = "pt", True
    short_head(doc, "BIOQUÍMICA")
    rows = []
    for name, value, unit, ref, value_2, unit_2, ref_2 in (
        ("Glicose", "118", "mg/dL", "70 - 105", "6,55", "mmol/L", "3,89 - 5,83"),
        ("Ureia", "52", "mg/dL", "19 - 49", "8,66", "mmol/L", "3,16 - 8,16"),
        ("Creatinina", "1,02", "mg/dL", "0,70 - 1,30", "90,2", "µmol/L", "61,9 - 114,9"),
        ("Colesterol total", "189", "mg/dL", "150 - 190", "4,89", "mmol/L", "3,88 - 4,92"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, ref, value_2, unit_2, ref_2])
    names = ["Análise", "Resultado", "Unid.", "Valores ref."]
    names += ["Resultado SI", "Unid.", "Valores ref. SI"]
    doc.add(table(names, rows))


def range_without_mark(doc):
    """The value at the right edge, the interval below the name, the judgement below the value."""
    short_head(doc, "My Labs")
    for name, value, unit, ref, flag in (
        ("White Blood Cell Count", "4.9", "10*3/uL", "3.7 - 11.1", "Normal"),
        ("Platelet Count", "134", "10*3/uL", "150 - 400", "Low"),
        ("Glucose", "201", "mg/dL", "70 - 99", "High"),
        ("Potassium", "4.4", "mmol/L", "3.5 - 5.1", "Normal"),
    ):
        doc.row(name, value, unit, f"{ref} {unit}", flag)
        doc.add(
            "<div style='border-bottom:1px solid #ddd;padding:6px 0;clear:both;min-height:3em'>"
            f"<div style='float:right;text-align:right'><b style='font-size:150%'>{value}</b> "
            f"{unit}<br><span style='font-size:80%'>{flag}</span></div><b>{name}</b><br>"
            f"<span style='font-size:80%'>Reference range {ref} {unit}</span></div>"
        )


def sign_behind_number(doc):
    """ "<" and ">" behind a number say how it lies to its interval; two earlier days beside it."""
    doc.language, doc.comma = "fr", True
    short_head(doc, "BIOCHIMIE")
    rows = []
    for name, value, sign, unit, ref, before, first in (
        ("Sodium", "139", "", "mmol/L", "136 - 145", "140", "138"),
        ("Potassium", "5,2", ">", "mmol/L", "3,4 - 4,5", "4,4", "4,3"),
        ("Bicarbonates", "21", "<", "mmol/L", "22 - 29", "24", "25"),
        ("Créatinine", "188", ">", "µmol/L", "62 - 106", "141", "120"),
    ):
        doc.row(name, value, unit, ref, sign or None)
        shown = f"<b>{value}</b> {sign}".replace(" <", " &lt;").replace(" >", " &gt;")
        rows.append([name, shown, unit, ref, before, first])
    names = ["Analyse", "Résultat", "Unité", "Valeurs de référence", "Antériorités", ""]
    days = ["", "", "", "", "10/11/23", "04/11/23"]
    doc.add(table(names, [days, *rows]))


DOCS = [
    formula_with_ranges,
    unknown_shares,
    previous_over_day,
    range_behind_method,
    notes_behind_numbers,
    outside_the_norms,
    result_over_day,
    systems_in_two_words,
    range_without_mark,
    sign_behind_number,
]
