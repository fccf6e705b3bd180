# SPDX-License-Identifier: Apache-2.0
"""Reports as laboratories of Spain, Italy and Latin America print them."""
from gallery import PANELS, esc, head, table

SPANISH = PANELS["europe SPANISH"]


def spanish_stars(doc):
    doc.comma, doc.language = True, "es"
    head(
        doc,
        [
            ("Paciente", doc.person),
            ("Edad", "55 años"),
            ("Sexo", "Hombre"),
            ("Fecha de extracción", "14/05/2023"),
            ("Nº petición", "230514001"),
        ],
        2,
        "LABORATORIO EJEMPLO",
    )
    rows = []
    for r in doc.panel(SPANISH):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = "*" if r.judged else None
        rows.append([esc(r.name), f"{r.flag or ''} {r.value}", r.unit, f"[ {esc(r.ref)} ]"])
    doc.add(table(["Prueba", "Resultado", "Unidades", "Valores de referencia"], rows))


def mexican(doc):
    """Result and a second column for what is out of range."""
    doc.language = "es"
    head(
        doc,
        [
            ("PACIENTE", doc.person),
            ("EDAD", "45 AÑOS"),
            ("SEXO", "FEMENINO"),
            ("FECHA", "14/05/2023"),
        ],
        2,
        "LABORATORIO CLINICO MODELO",
    )
    rows = []
    for r in doc.panel(SPANISH.replace(",", ".")):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.name = r.name.upper()
        rows.append(
            [
                esc(r.name),
                "" if r.judged else r.value,
                r.value if r.judged else "",
                r.unit,
                esc(r.ref),
            ]
        )
    doc.add(
        table(
            ["ESTUDIO", "DENTRO DE RANGO", "FUERA DE RANGO", "UNIDADES", "VALORES DE REFERENCIA"],
            rows,
        )
    )


def argentine(doc):
    """Sentences with the interval below, method beside the name."""
    doc.comma, doc.language = True, "es"
    head(
        doc,
        [("Paciente", doc.person), ("Fecha", "14/05/2023"), ("Edad", "45 años"), ("Sexo", "F")],
        2,
        "Laboratorio de Análisis Clínicos",
    )
    for r in doc.panel(SPANISH):
        if isinstance(r, str):
            doc.add(f"<h4>{r}</h4>")
            continue
        doc.add(
            f"<div><b>{esc(r.name)}</b>: {r.value} {r.unit} <span style='margin-left:30px'>V.R.:"
            f" {esc(r.ref)}</span></div>"
        )


ITALIAN = PANELS["europe ITALIAN"]


def italian(doc):
    doc.comma, doc.language = True, "it"
    head(
        doc,
        [
            ("Cognome e nome", doc.person),
            ("Nato il", "12/03/1968"),
            ("Sesso", "M"),
            ("Data prelievo", "14/05/2023"),
        ],
        2,
        "Laboratorio Analisi",
    )
    rows = []
    for r in doc.panel(ITALIAN):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = "*" if r.judged else None
        rows.append([esc(r.name), r.value, r.flag, r.unit, f"{esc(r.ref)}"])
    doc.add(table(["Esame", "Esito", "", "U.M.", "Intervallo di riferimento"], rows))


BRAZIL = PANELS["europe BRAZIL"]
LEUKOGRAM = (
    ("Leucócitos", "", "6.240", "", "3.500 a 10.500"),
    ("Segmentados", "55,0", "3.432", "", "1.700 a 7.000"),
    ("Eosinófilos", "3,0", "187", "", "50 a 500"),
    ("Linfócitos", "34,0", "2.122", "", "900 a 2.900"),
    ("Monócitos", "8,0", "499", "", "300 a 900"),
)


def brazil_head(doc):
    doc.comma, doc.language = True, "pt"
    head(
        doc,
        [
            ("Paciente", doc.person),
            ("Idade", "45 anos"),
            ("Sexo", "Feminino"),
            ("Data da coleta", "14/05/2023 08:15"),
            ("Médico", "Dr. Exemplo"),
            ("Convênio", "Particular"),
        ],
        2,
        "Laboratório Modelo",
    )


def brazil_blood(doc):
    brazil_head(doc)
    doc.add("<h4>HEMOGRAMA</h4><p>Material: Sangue total &nbsp; Método: Automatizado</p>")
    rows = []
    for r in doc.panel(BRAZIL):
        r.ref = f"{r.ref} {r.unit}"
        rows.append(
            [f"{esc(r.name)} {'.' * (22 - len(r.name))}:", f"{r.value} {r.unit}", esc(r.ref)]
        )
    doc.add(table(["ERITROGRAMA", "", "Valores de referência"], rows))


def brazil_leukogram(doc):
    """Per cent and count beside each other under one name."""
    brazil_head(doc)
    rows = []
    for name, percent, count, _, ref in LEUKOGRAM:
        if percent:
            doc.row(name, percent, "%", None)
        doc.row(name, count, "/mm³", ref)
        rows.append([name, f"{percent} %" if percent else "", f"{count} /mm³", ref])
    doc.add(table(["LEUCOGRAMA", "%", "/mm³", "Valores de referência"], rows))
    doc.may_refuse = True


def brazil_below(doc):
    """The value below the name, method and interval on lines of their own."""
    brazil_head(doc)
    for name, unit, value, ref in (
        ("GLICOSE", "mg/dL", "92", "70 a 99 mg/dL"),
        ("CREATININA", "mg/dL", "0,82", "0,50 a 1,10 mg/dL"),
        ("HORMÔNIO TIREOESTIMULANTE (TSH)", "µUI/mL", "2,31", "0,45 a 4,50 µUI/mL"),
        ("FERRITINA", "ng/mL", "88,4", "10 a 291 ng/mL"),
        ("VITAMINA B12", "pg/mL", "412", "211 a 911 pg/mL"),
    ):
        doc.row(name, value, unit, ref)
        doc.add(
            f"<p><b>{name}</b><br>Material: Soro<br>Método: Quimioluminescência<br>RESULTADO:"
            f" {value} {unit}<br>VALOR DE REFERÊNCIA: {ref}<br>Coletado em: 14/05/2023 08:15</p>"
        )
    doc.may_refuse = True


def brazil_result_line(doc):
    brazil_head(doc)
    rows = []
    for name, unit, value, ref in (
        ("COLESTEROL TOTAL", "mg/dL", "184", "Desejável: inferior a 190 mg/dL"),
        ("COLESTEROL HDL", "mg/dL", "52", "Superior a 40 mg/dL"),
        ("TRIGLICÉRIDES", "mg/dL", "131", "Desejável: inferior a 150 mg/dL"),
        ("URÉIA", "mg/dL", "31", "13 a 43 mg/dL"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, f"{value} {unit}", ref])
    doc.add(table(["EXAME", "RESULTADO", "VALORES DE REFERÊNCIA"], rows))


GERMAN = PANELS["europe GERMAN"]


def turkish_print(doc):
    doc.comma = False
    head(
        doc,
        [
            ("Patient Name", doc.person),
            ("Age/Gender", "45/F"),
            ("Request Date", "14.05.2023"),
            ("Protocol", "230514"),
        ],
        2,
        "EXAMPLE HOSPITAL",
    )
    rows = []
    for r in doc.panel(GERMAN.replace(",", ".")):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = {"H": "H", "L": "L", "": None}[r.judged]
        rows.append(
            [esc(r.name), f"{r.value} {r.flag or ''}", r.unit, esc(r.ref), "14.05.2023 10:22"]
        )
    doc.add(table(["Test", "Result", "Unit", "Reference Range", "Approval Date"], rows))


DOCS = [
    spanish_stars,
    mexican,
    argentine,
    italian,
    brazil_blood,
    brazil_leukogram,
    brazil_below,
    brazil_result_line,
    turkish_print,
]
