# SPDX-License-Identifier: Apache-2.0
"""Reports of kinds that were once not read, or read wrong: what each shows is said above it."""
from gallery import esc, head, table
from labs_odd import plain_head

CBC = (
    ("White cell count", "6.1", "10^9/L", "3.8 - 10.5"),
    ("Hemoglobin", "15.1", "g/dL", "13.0 - 17.0"),
    ("Hematocrit", "44.8", "%", "39.0 - 50.0"),
    ("Platelet Count", "247", "10^9/L", "150 - 400"),
    ("Sodium", "141", "mmol/L", "135 - 145"),
    ("Creatinine", "0.98", "mg/dL", "0.50 - 1.30"),
)


def two_scripts(doc):
    """Headings in English and Arabic, whose marks of direction have no place on the page."""
    doc.font = "DejaVu Sans"
    head(
        doc,
        [
            ("Patient Name اسم المريض", doc.person),
            ("Age / Sex العمر", "38 Y / Male"),
            ("MRN رقم الملف", "100234"),
        ],
        2,
        "Medical Laboratory مختبر",
    )
    names = ["Test الفحص", "Result النتيجة", "Unit الوحدة", "Reference المعدل الطبيعي"]
    for row in CBC:
        doc.row(*row[:4])
    doc.add(table(names, [list(row) for row in CBC]))


def cards_value_first(doc):
    """A grid of cards, the value in large type above its name, the next card near below."""
    plain_head(doc)
    doc.css.append(
        ".g{display:grid;grid-template-columns:1fr 1fr 1fr;gap:8px}.c{border:1px solid #ccc;"
        "padding:6px}.v{font-size:20px}.s{font-size:9px}"
    )
    doc.size = 11
    doc.add("<div class=g>")
    for name, value, unit, ref in CBC:
        doc.row(name, value, unit, ref)
        doc.add(
            f"<div class=c><div><span class=v>{value}</span> {unit}</div><div>{name}</div>"
            f"<div class=s>Optimal: {ref}</div></div>"
        )
    doc.add("</div>")


def card_over_page(doc):
    """The last card of a page has its value at the top of the next one."""
    doc.size = 12
    plain_head(doc)
    doc.css.append(".c{padding:7px 0}.v{font-size:15px}.l{break-before:page}")
    for i, (name, value, unit, ref) in enumerate(CBC):
        doc.row(name, value, unit, f"{ref} {unit}")
        css = "v l" if i == len(CBC) - 1 else "v"
        doc.add(
            f"<div class=c><div>{name}</div><div>Normal range: {ref} {unit}</div>"
            f"<div class='{css}'>{value}</div></div>"
        )


def shares_and_counts(doc):
    """Share and count under headings that are units, with one interval behind both."""
    doc.comma, doc.language = True, "pt"
    person = [("Paciente", doc.person), ("Idade", "52 anos"), ("Sexo", "Masculino")]
    head(doc, person, 3, "Hemograma")
    rows = [["Hemoglobina", "14,8", "g/dL", "13,0 a 16,5"]]
    doc.row(*rows[0])
    doc.add(table(["Eritrograma", "Resultado", "Unidade", "Valores de Referência"], rows))
    rows = []
    for name, share, count, ref in (
        ("Leucócitos", "", "7.120", "3.600 a 11.000"),
        ("Bastonetes", "1", "71", "0 a 800"),
        ("Segmentados", "56", "3.987", "1.500 a 7.000"),
        ("Linfócitos", "36", "2.564", "1.000 a 4.500"),
        ("Monócitos", "7", "498", "100 a 1.000"),
    ):
        if share:
            doc.row(name, share, "%", None)
        doc.row(name, count, "/mm³", ref)
        rows.append([name, share, count, ref])
    doc.add(table(["Leucograma", "%", "/mm³", "Valores de Referência"], rows))


def formula_of_words(doc):
    """A French differential: "58,2 % soit 3,97 G/L", names over two lines, older values above."""
    doc.comma, doc.language = True, "fr"
    person = [("Patient", doc.person), ("Sexe", "F"), ("Prélevé le", "12/09/2023")]
    head(doc, person, 3, "Hématologie")
    doc.css.append(".f{table-layout:fixed;width:85%}")
    rows = []
    for name, value, unit, ref, old in (
        ("Leucocytes", "6,82", "G/L", "4,00 - 10,00", "7,10"),
        ("Hématies", "4,35", "T/L", "3,80 - 5,90", "4,41"),
        ("Hémoglobine", "13,1", "g/dL", "11,5 - 17,5", "13,4"),
        ("Hématocrite", "39,8", "%", "34,0 - 53,0", "40,2"),
        ("Plaquettes", "268", "G/L", "150 - 445", "255"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([f"{name} ......", value, unit, f"({ref})", old])
    doc.add(table(["", "", "", "Valeurs de référence", "Antériorités<br>11/03/2023"], rows))
    doc.add("<p>Formule leucocytaire</p>")
    for name, share, count, ref in (
        ("Polynucléaires neutrophiles", "58,2", "3,97", "1,80 - 7,50"),
        ("Lymphocytes", "33,7", "2,30", "1,00 - 4,80"),
        ("Monocytes", "8,1", "0,55", "0,00 - 1,00"),
    ):
        doc.row(name, share, "%", None)
        doc.row(name, count, "G/L", ref)
        cells = [name, f"{share} %", f"soit {count}", "G/L", f"({ref})"]
        doc.add(table(None, [cells], css_class="f"))


def in_sentences(doc):
    """A summary of a stay: several results in a sentence, drugs and doses below it."""
    head(doc, [("Name", doc.person), ("Age/Sex", "54 Yrs/M")], 2, "DISCHARGE SUMMARY")
    for text, rows in (
        (
            "Hb - 12.8 gm/dl, TLC - 3,200 /cumm, Platelet count - 48,000 /cumm",
            (
                ("Hb", "12.8", "gm/dl"),
                ("TLC", "3,200", "/cumm"),
                ("Platelet count", "48,000", "/cumm"),
            ),
        ),
        (
            "S. Creatinine - 1.1 mg/dl, S. Sodium - 136 mEq/L, SGPT - 98 U/L, rest normal",
            (
                ("S. Creatinine", "1.1", "mg/dl"),
                ("S. Sodium", "136", "mEq/L"),
                ("SGPT", "98", "U/L"),
            ),
        ),
    ):
        for row in rows:
            doc.row(*row)
        doc.add(f"<p>{text}</p>")
    doc.add("<p>IV fluids NS 100 ml/hr, Tab Paracetamol 650 mg TDS, Inj. Pantoprazole 40 mg</p>")


def in_words(doc):
    """Results in words, a span of counts, a titre."""
    head(doc, [("Name", doc.person), ("Age", "32 Years"), ("Sex", "Female")], 3, "PATHOLOGY")
    rows = []
    for name, value, unit in (
        ("Malarial Parasite", "P. falciparum seen", None),
        ("Peripheral Smear", "Microcytic hypochromic", None),
        ("Salmonella typhi 'O'", "1:160", None),
        ("VDRL", "Non-Reactive", None),
        ("Colour", "Pale yellow", None),
        ("Pus cells", "8 - 10", "/hpf"),
        ("Epithelial cells", "Occasional", None),
        ("Crystals", "Calcium oxalate +", None),
    ):
        doc.row(name, value, unit)
        rows.append([name, ":", f"{value} {unit or ''}"])
    doc.add(table(None, rows, style="width:70%"))


def range_under_heading(doc):
    """The interval on the line below the words that announce it."""
    doc.language = "es"
    head(doc, [("Paciente", doc.person), ("Edad", "39 años"), ("Sexo", "F")], 3, "Laboratorio")
    for name, value, unit, ref in (
        ("GLUCOSA EN AYUNAS", "88", "mg/dL", "70 - 100 mg/dL"),
        ("COLESTEROL TOTAL", "212", "mg/dL", "Menor de 200 mg/dL"),
        ("TSH ULTRASENSIBLE", "2.13", "uUI/mL", "0.27 - 4.20 uUI/mL"),
    ):
        doc.row(name, value, unit, ref)
        doc.add(
            f"<p><b>{name}</b><br>Resultado: {value} {unit}<br>Valores de referencia:<br>{ref}</p>"
        )


def calculated(doc):
    """"(calc)" where a ratio has no unit."""
    plain_head(doc)
    rows = []
    for name, value, unit, ref in (
        ("CHOLESTEROL, TOTAL", "221", "mg/dL", "<200"),
        ("NON HDL CHOLESTEROL", "163", "mg/dL (calc)", "<130"),
        ("CHOL/HDLC RATIO", "3.8", "(calc)", "<5.0"),
        ("ALBUMIN/GLOBULIN RATIO", "1.6", "(calc)", "1.0-2.5"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, esc(f"{ref} {unit}")])
    doc.add(table(["TEST NAME", "RESULT", "REFERENCE RANGE"], rows))


def days_and_hours(doc):
    """Days and hours as the only headings, no unit and no interval; the newest day last."""
    head(doc, [("Patient", doc.person), ("Sex", "M"), ("DOB", "2/3/1950")], 3, "Recent labs")
    rows = []
    for name, values, flag in (
        ("WBC", ("14.2*", "12.0*", "8.9"), None),
        ("HGB", ("11.2*", "10.8*", "11.0*"), "*"),
        ("PLT", ("301", "288", "275"), None),
        ("CREATININE", ("1.3*", "1.1", "1.0"), None),
    ):
        doc.row(name, values[-1].rstrip("*"), None, None, flag)
        rows.append([name, *values])
    doc.add(table(["Lab", "03/02/24 0540", "03/03/24 0615", "03/04/24 0601"], rows))


def form_with_codes(doc):
    """A request form: names, codes and intervals, but no result."""
    doc.language, doc.may_refuse = "es", True
    doc.add("<h3>SOLICITUD DE EXÁMENES</h3><p>Nombre: ____________ Edad: ____</p>")
    rows = [
        ["☐ Hemoglobina", "902210", "12 - 16 g/dL", ""],
        ["☐ Glucosa", "903841", "70 - 100 mg/dL", ""],
        ["☐ Creatinina", "903895", "0.5 - 1.2 mg/dL", ""],
    ]
    doc.add(table(["Examen", "Código", "Valor referencia", "Resultado"], rows))


def chart_of_days(doc):
    """Names side by side, a line for each day; the newest one last."""
    head(doc, [("Name", doc.person), ("Age/Sex", "70/M")], 2, "Chart")
    for name, value, unit in (
        ("Hb", "9.9", "g/dL"),
        ("TLC", "9,600", "/cumm"),
        ("Creatinine", "1.5", "mg/dL"),
        ("Na", "137", "mmol/L"),
    ):
        doc.row(name, value, unit)
    names = ["Date", "Hb (g/dL)", "TLC (/cumm)", "Creatinine (mg/dL)", "Na (mmol/L)"]
    days = [
        ["01/03/2024", "10.2", "14,200", "2.4", "132"],
        ["02/03/2024", "9.8", "12,800", "2.1", "134"],
        ["04/03/2024", "9.9", "9,600", "1.5", "137"],
    ]
    doc.add(table(names, days))


def below_antibiotics(doc):
    """Whole rows without a heading of their own, below a table of antibiotics."""
    plain_head(doc)
    drugs = [["Ampicillin", "16", "R"], ["Ceftriaxone", "0.5", "S"], ["Vancomycin", "1", "S"]]
    doc.add(table(["Antibiotic", "MIC (ug/mL)", "Interpretation"], drugs))
    rows = []
    for row in (
        ("C-Reactive Protein", "118", "mg/L", "0 - 5"),
        ("Serum Creatinine", "1.4", "mg/dL", "0.6 - 1.2"),
        ("Lactate", "2.9", "mmol/L", "0.5 - 2.0"),
    ):
        doc.row(*row)
        rows.append(list(row))
    doc.add("<h4>BIOCHEMISTRY</h4>", table(None, rows, style="width:80%"))


def result_and_range(doc):
    """Result and interval named in one line below the name."""
    doc.comma, doc.language = True, "pt"
    head(doc, [("Cliente", doc.person), ("Sexo", "F"), ("Idade", "44 anos")], 3, "Laboratório")
    for name, value, unit, ref in (
        ("GLICOSE, SORO", "104", "mg/dL", "Normal: inferior a 100 mg/dL"),
        ("CREATININA", "0,79", "mg/dL", "0,50 a 1,10 mg/dL"),
        ("FERRITINA", "41,2", "ng/mL", "10,0 a 291,0 ng/mL"),
    ):
        doc.row(name, value, unit, ref)
        doc.add(
            f"<p><b>{name}</b><br>Método: Automatizado<br><span style='display:inline-block;"
            f"width:200px'>RESULTADO: {value} {unit}</span>Valor de referência: {ref}</p>"
        )


def earlier_in_two_words(doc):
    """A heading of two column words for the earlier results, a unit of many words."""
    doc.comma, doc.language = True, "it"
    head(doc, [("Sig.", doc.person), ("Sesso", "F"), ("Nato il", "11/09/1966")], 3, "Laboratorio")
    rows = []
    for name, value, unit, ref, old in (
        ("Leucociti", "5,90", "10^3/µL", "4,00 - 10,00", "6,10"),
        ("Glicemia", "91", "mg/dL", "70 - 99", "88"),
        ("Ferritina", "9", "ng/mL", "13 - 150", "15"),
        ("VES", "14", "mm at the end of 1 hour", "0 - 20", "12"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, ref, old])
    names = ["Esame", "Esito", "Unità di misura", "Intervallo di riferimento", "Esito precedente"]
    doc.add(table(names, rows))


def written_arrows(doc):
    """An analyser's slip: "^" and "v" before names are arrows."""
    doc.font = "DejaVu Sans Mono"
    lines = []
    for mark, name, value, unit, ref in (
        (" ", "pH", "7.362", "", "7.350 - 7.450"),
        ("v", "pO2", "71.2", "mmHg", "83.0 - 108"),
        ("^", "pCO2", "48.1", "mmHg", "32.0 - 45.0"),
        (" ", "cK+", "4.0", "mmol/L", "3.4 - 4.5"),
    ):
        doc.row(name, value, unit, ref, mark.strip() or None)
        low, high = ref.split(" - ")
        lines.append(f"{mark} {name:10}{value:8}{unit:10}[ {low:6} - {high:6} ]")
    slip = "\n".join(lines)
    doc.add(f"<p>Arterial blood, 37 C</p><pre style='font-family:inherit'>{slip}</pre>")


def two_units_in_a_row(doc):
    """The same result in two units beside each other, the intervals on the line below."""
    doc.comma, doc.language = True, "fr"
    person = [("Patient", doc.person), ("Sexe", "M"), ("Prélèvement du", "22/01/2024")]
    head(doc, person, 3, "Biochimie")
    doc.css.append(".f{table-layout:fixed;width:90%}")
    for name, value, unit, ref, other in (
        ("GLYCÉMIE À JEUN", "1,12", "g/L", "0,74 à 1,06", ("6,22", "mmol/L", "4,11 à 5,88")),
        ("CRÉATININE", "9,8", "mg/L", "6,7 à 11,7", ("86,7", "µmol/L", "59,3 à 103,5")),
    ):
        doc.row(name, value, unit, ref)
        rows = [[name, value, unit, *other[:2]]]
        rows.append(["Méthode enzymatique", f"({ref})", "", f"({other[2]})", ""])
        doc.add(table(None, rows, css_class="f"))


def titles_side_by_side(doc):
    """Two tables beside each other whose titles stand in the place of "Test"."""
    plain_head(doc)
    rows = []
    for left, right in (
        (("WBC", "7.1", "K/uL", "4.0-11.0"), ("Sodium", "138", "mmol/L", "136-145")),
        (("HCT", "41.2", "%", "40-52"), ("BUN", "22", "mg/dL", "7-20")),
        (("PLT", "210", "K/uL", "150-400"), ("Creatinine", "1.31", "mg/dL", "0.7-1.3")),
    ):
        doc.row(*left)
        doc.row(*right)
        rows.append([*left, "", *right])
    names = ["HEMATOLOGY", "Result", "Units", "Range", "", "CHEMISTRY", "Result", "Units", "Range"]
    doc.size = 9
    doc.add(table(names, rows))


def differential_with_colons(doc):
    """Share and count behind a colon, the per cent sign glued to some."""
    plain_head(doc)
    rows = []
    for name, share, count in (
        ("Neutrophils", "58", "3.94"),
        ("Lymphocytes", "36", "2.45"),
        ("Monocytes", "6", "0.41"),
    ):
        doc.row(name, share, "%")
        doc.row(name, count, "thousands/cmm")
        glue = "" if len(share) == 1 else " "
        rows.append([name, f": {share}{glue}%", f"{count} thousands/cmm"])
    doc.add(table(None, rows, style="width:70%"))


def doses(doc):
    """Nutrients and drugs with their doses: known names and units, but no results."""
    doc.may_refuse = True
    head(doc, [("Patient", doc.person), ("Sex", "F"), ("Age", "33")], 3, "Dietary advice")
    doc.add("<p>Calcium: 1000 mg</p><p>Iron - 18 mg</p><p>Zinc 22 mg</p>")
    doc.add("<p>Calcium 1000 mg/day, Vitamin D 600 IU/day, Folic acid 400 mcg/day</p>")
    needs = [["Vitamin B12", "2.4 mcg"], ["Magnesium", "320 mg"], ["Potassium", "4.7 g"]]
    doc.add(table(["Nutrient", "Daily need"], needs))


def menu_and_normal(doc):
    """Examinations with their specimens, methods and normal findings: no results."""
    doc.may_refuse = True
    doc.add("<h3>Test menu</h3>")
    menu = [["Malaria Parasite", "EDTA Blood"], ["HBsAg", "Serum"], ["HIV", "ELISA"]]
    doc.add(table(["Name", "Specimen"], menu), "<h3>Normal urine</h3>")
    normal = [["Colour", "Pale yellow"], ["Protein", "Negative"], ["Pus cells", "0 - 5 /hpf"]]
    doc.add(table(["Test", "Normal"], normal))


DOCS = [
    two_scripts,
    cards_value_first,
    card_over_page,
    shares_and_counts,
    formula_of_words,
    in_sentences,
    in_words,
    range_under_heading,
    calculated,
    days_and_hours,
    form_with_codes,
    chart_of_days,
    below_antibiotics,
    result_and_range,
    earlier_in_two_words,
    written_arrows,
    two_units_in_a_row,
    titles_side_by_side,
    differential_with_colons,
    doses,
    menu_and_normal,
]
