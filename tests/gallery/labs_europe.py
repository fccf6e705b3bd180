# SPDX-License-Identifier: Apache-2.0
"""Reports as laboratories in Europe and Latin America print them."""
from gallery import PANELS, esc, head, table

GERMAN = PANELS["europe GERMAN"]


def german_head(doc, title):
    doc.comma, doc.language = True, "de"
    head(
        doc,
        [
            ("Patient", doc.person),
            ("Geb.-Datum", "12.03.1968"),
            ("Geschlecht", "männlich"),
            ("Auftrags-Nr.", "4711 0815"),
            ("Entnahme", "14.05.2023 08:15"),
            ("Eingang", "14.05.2023 11:40"),
            ("Befund vom", "15.05.2023"),
        ],
        2,
        title,
    )


def german_signs(doc):
    """+ and - in a column beside the value."""
    german_head(doc, "MVZ Labor Beispielstadt GmbH")
    rows = []
    for r in doc.panel(GERMAN):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = {"H": "+", "L": "-", "": None}[r.judged]
        rows.append([esc(r.name), r.flag, r.value, r.unit, esc(r.ref)])
    doc.add(
        table(
            ["Analyse", "", "Ergebnis", "Einheit", "Referenzbereich"],
            rows,
            ["", "", "align=right", "", ""],
        )
    )
    doc.add("<p>Laborärztlicher Befundbericht. Tel. 0800 1234567 · Seite 1 von 2</p>")


def german_before(doc):
    """Range before the value, arrows behind it."""
    german_head(doc, "Labor Dr. Beispiel")
    rows = []
    for r in doc.panel(GERMAN):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = {"H": "↑", "L": "↓", "": None}[r.judged]
        rows.append([esc(r.name), r.unit, esc(r.ref), f"{r.value} {r.flag or ''}"])
    doc.add(table(["Untersuchung", "Einheit", "Normbereich", "Wert"], rows))


def german_previous(doc):
    german_head(doc, "Universitätsklinikum Beispiel")
    rows = []
    for r in doc.panel(GERMAN):
        if isinstance(r, str):
            rows.append(r)
            continue
        r.flag = {"H": "H", "L": "L", "": None}[r.judged]
        rows.append(
            [
                esc(r.name),
                r.value,
                r.flag,
                r.unit,
                esc(r.ref),
                doc.draw(r.ref)[0],
                doc.draw(r.ref)[0],
            ]
        )
    names = ["Parameter", "Ergebnis", "", "Einheit", "Referenz", "12.01.2023", "03.07.2022"]
    doc.add(table(names, rows))


def swiss(doc):
    doc.language = "de"
    head(
        doc,
        [
            ("Patient", doc.person),
            ("Geboren", "12.03.1968"),
            ("Geschlecht", "w"),
            ("Entnahme", "14.05.2023"),
        ],
        2,
        "Labor Zürich",
    )
    rows = []
    for name, value, unit, ref, flag in (
        ("Thrombozyten", "150'000", "/µl", "150'000 - 400'000", None),
        ("Leukozyten", "11'200", "/µl", "4'000 - 10'000", "+"),
        ("Hämoglobin", "132", "g/l", "120 - 160", None),
        ("Kreatinin", "1.02", "mg/dl", "0.50 - 0.90", "+"),
        ("TSH", "1.85", "mU/l", "0.27 - 4.20", None),
        ("CRP", "<0.6", "mg/l", "<5.0", None),
    ):
        doc.row(name, value, unit, ref, flag)
        rows.append([name, esc(value), flag, unit, esc(ref)])
    doc.add(table(["Analyse", "Resultat", "", "Einheit", "Referenzbereich"], rows))


FRENCH = PANELS["europe FRENCH"]


def french_head(doc, title):
    doc.comma, doc.language = True, "fr"
    head(
        doc,
        [
            ("Patient", doc.person),
            ("Né(e) le", "12/03/1968"),
            ("Sexe", "F"),
            ("Dossier N°", "230514-0815"),
            ("Prélevé le", "14/05/2023 à 08:15"),
            ("Edité le", "14/05/2023"),
        ],
        2,
        title,
    )


def french_previous(doc):
    french_head(doc, "BIO EXEMPLE - Laboratoire de biologie médicale")
    rows = []
    for r in doc.panel(FRENCH):
        if isinstance(r, str):
            rows.append(r)
            continue
        rows.append([esc(r.name), r.value, r.unit, esc(r.ref), doc.draw(r.ref)[0]])
    doc.add(
        table(["", "Résultats", "Unités", "Valeurs de référence", "Antériorités 02/01/2023"], rows)
    )


def french_dots(doc):
    """Dotted leaders, bracketed ranges, a second unit below."""
    french_head(doc, "Laboratoire Exemple")
    doc.css.append(".d{display:flex}.d i{flex:1;border:0;overflow:hidden;white-space:nowrap}")
    for r in doc.panel(FRENCH):
        if isinstance(r, str):
            doc.add(f"<h4>{r}</h4>")
            continue
        doc.add(
            f"<div style='position:relative;height:16px'><span>{esc(r.name)} {'.' * 20}</span><span"
            f" style='position:absolute;left:260px'>{r.value}</span><span"
            f" style='position:absolute;left:330px'>{r.unit}</span><span"
            f" style='position:absolute;left:420px'>({esc(r.ref)})</span></div>"
        )


def french_second_unit(doc):
    """The same result in two units on two lines: the second has no name."""
    french_head(doc, "Laboratoire Exemple")
    rows = []
    for name, value, unit, ref, v2, u2, r2 in (
        ("Glycémie", "0,95", "g/L", "0,70 - 1,10", "5,27", "mmol/L", "3,89 - 6,11"),
        ("Créatinine", "8,9", "mg/L", "7,0 - 12,0", "78,8", "µmol/L", "62,0 - 106,2"),
        ("Cholestérol total", "2,12", "g/L", "< 2,00", "5,48", "mmol/L", "< 5,17"),
        ("Urée", "0,32", "g/L", "0,15 - 0,45", "5,33", "mmol/L", "2,50 - 7,50"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, esc(ref)])
        rows.append(["", v2, u2, esc(r2)])
    doc.add(table(["Analyse", "Résultat", "Unité", "Valeurs de référence"], rows))
    doc.may_refuse = True


DOCS = [
    german_signs,
    german_before,
    german_previous,
    swiss,
    french_previous,
    french_dots,
    french_second_unit,
]
