# SPDX-License-Identifier: Apache-2.0
"""Tables that say little: headings over the last columns alone, units whose powers are raised, the
cubic micron of old forms."""
from gallery import head, table


def heading_of_the_last_columns(doc):
    """Nothing stands over names, values and units; an earlier day is told in two lines around the
    only other heading."""
    doc.language, doc.comma = "fr", True
    head(doc, [("Patient", doc.person), ("Sexe", "F"), ("Age", "44 ans")], 3)
    rows = ["NUMÉRATION"]
    for name, value, unit, ref, before in (
        ("Hématies", "4,61", "Téra/L", "4,00 à 5,40", "4,55"),
        ("Hémoglobine", "11,2", "g/dL", "11,5 à 16,0", "12,8"),
        ("Hématocrite", "36,4", "%", "35,0 à 47,0", "38,1"),
        ("Plaquettes", "231", "Giga/L", "150 à 400", "265"),
        ("Urée", "0,31", "g/L", "0,15 à 0,50", "0,28"),
        ("Ferritine", "12", "µg/L", "15 à 150", "22"),
    ):
        doc.row(name, value, unit, f"({ref})")
        rows.append([name, value, unit, f"({ref})", before])
    names = ["", "", "", "Valeurs de référence", "Antériorités<br>03/02/2025"]
    doc.add(table(names, rows, ["style='vertical-align:middle'"] * 5))


def powers_before_a_blank(doc):
    """A blank before the stroke, as typesetting programs leave it behind a raised figure."""
    head(doc, [("Name", doc.person), ("Sex", "M"), ("Age", "61 years")], 3, "Haematology")
    rows = []
    for name, value, power, ref in (
        ("White cell count", "3.1", "9", "4.0 - 11.0"),
        ("Red cell count", "4.62", "12", "4.50 - 5.50"),
        ("Platelets", "276", "9", "150 - 400"),
    ):
        doc.row(name, value, f"10^{power}/L", ref)
        rows.append([name, value, f"10<sup>{power}</sup> /L", ref])
    names = ["Investigation", "Result", "Unit", "Reference range"]
    doc.add(table(names, rows))


def cubic_micron(doc):
    """The interval stands before the result, whose unit is in the same cell."""
    doc.language, doc.comma = "pt", True
    head(doc, [("Paciente", doc.person), ("Sexo", "M"), ("Idade", "37 anos")], 3, "Hemograma")
    rows = []
    for name, ref, value, unit in (
        ("Hemoglobina", "13,5 - 17,5", "14,2", "g/dL"),
        ("VCM", "80,0 - 100,0", "84,1", "u³"),
        ("HCM", "26,0 - 34,0", "29,7", "pg"),
        ("Leucócitos", "3.500 - 10.000", "6.340", "/mm³"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name, ref, f"{value} {unit}"])
    doc.add(table(["Exame", "Valor de Referência", "Resultado"], rows))


def method_in_the_place_of_a_name(doc):
    """The name and two lines of its method beside a number between them: which line the number is
    of is not certain, and it is noted."""
    doc.may_refuse = True
    head(doc, [("Name", doc.person), ("Sex", "F"), ("Age", "52 years")], 3, "Haematology")
    rows = []
    for name, method, value, unit, ref in (
        ("Haemoglobin", "", "13.1", "g/dL", "12.0 - 15.0"),
        ("Platelets", "", "276", "10^9/L", "150 - 400"),
        (
            "Total WBC",
            "Method - Electrical impedance / Flow cytometry and<br>Method - Spectrophotometry",
            "5323",
            "cells/cumm",
            "4000 - 10000",
        ),
        ("Haematocrit", "", "39", "%", "36 - 46"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([f"{name}<br>{method}" if method else name, value, unit, ref])
    names = ["Test", "Result", "Unit", "Reference interval"]
    doc.add(table(names, rows, ["style='vertical-align:middle'"] * 4))


def finding_that_goes_on(doc):
    """Name and finding both go on in the next line; the finding must not be cut."""
    doc.may_refuse = True
    head(doc, [("Name", doc.person), ("Sex", "M"), ("Age", "29 years")], 3, "Microbiology")
    rows = []
    for name, value in (
        ("Widal test", "Negative"),
        ("Malaria parasite", "Not seen"),
        ("HBsAg", "Non reactive"),
        ("VDRL", "Non reactive"),
    ):
        doc.row(name, value)
        rows.append([name, value, ""])
    doc.row("Malaria parasite / blood parasite identification", "No MP seen in smears examined.")
    rows.append(
        ["Malaria parasite / blood parasite<br>identification", "No MP seen in<br>smears examined."]
        + [""]
    )
    doc.add(table(["Test", "Result", "Reference interval"], rows))


DOCS = [
    finding_that_goes_on,
    method_in_the_place_of_a_name,
    heading_of_the_last_columns,
    powers_before_a_blank,
    cubic_micron,
]
