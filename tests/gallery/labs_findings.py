# SPDX-License-Identifier: Apache-2.0
"""Findings in words and spans within tables, units that stand in headings only, and long names in
narrow cards."""
from gallery import head, table
from labs_odd import plain_head


def findings_in_columns(doc):
    """Words, spans with a unit and normal findings in a table of three columns."""
    head(doc, [("Patient", doc.person), ("Sex", "F"), ("Age", "22")], 3, "Urine routine")
    rows = []
    for name, value, unit, normal in (
        ("Colour", "Straw", None, "Pale yellow"),
        ("Specific gravity", "1.020", None, "1.003 - 1.035"),
        ("Protein", "Trace", None, "Negative"),
        ("Pus cells", "6 - 8", "/hpf", "0 - 5"),
        ("Casts", "Hyaline casts seen", None, "Nil"),
        ("Crystals", "Uric acid crystals few", None, "Nil"),
        ("Yeast cells", "Absent", None, "Absent"),
    ):
        doc.row(name, value, unit, normal)
        rows.append([name, f"{value} {unit or ''}", normal])
    doc.add(table(["Investigation", "Result", "Reference Value"], rows))


def units_in_headings(doc):
    """The count with its unit in brackets in the heading, then the share, then both intervals."""
    doc.comma, doc.language = True, "pt"
    head(doc, [("Paciente", doc.person), ("Idade", "30 anos"), ("Sexo", "F")], 3, "Leucograma")
    rows = []
    for name, count, share, counts, shares in (
        ("Neutrófilos", "3.534", "57,0", "1.800 a 7.000", "40 a 70"),
        ("Linfócitos", "2.046", "33,0", "1.000 a 3.500", "20 a 45"),
        ("Monócitos", "434", "7,0", "100 a 900", "2 a 10"),
    ):
        doc.row(name, count, "/mm³", counts)
        doc.row(name, share, "%", shares)
        rows.append([name, count, share, counts, shares])
    names = ["Leucograma", "Resultado (/mm³)", "%", "Referência (/mm³)", "Referência (%)"]
    doc.add(table(names, rows))


def wrapped_names_below_values(doc):
    """Cards with the value above a name that takes two lines in some."""
    plain_head(doc)
    doc.css.append(
        ".g{display:grid;grid-template-columns:1fr 1fr;gap:16px}.v{font-size:22px}"
        ".c{width:120px}.s{font-size:9px}"
    )
    doc.size = 11
    doc.add("<div class=g>")
    for name, value, unit, ref in (
        ("Thyroid Stimulating Hormone (TSH)", "2.14", "mIU/L", "0.4 - 4.0"),
        ("Free Thyroxine (FT4)", "14.1", "pmol/L", "9 - 19"),
        ("Haemoglobin", "131", "g/L", "115 - 165"),
        ("Ferritin", "44", "ug/L", "13 - 150"),
    ):
        doc.row(name, value, unit, ref)
        doc.add(
            f"<div class=c><div><span class=v>{value}</span> {unit}</div><div>{name}</div>"
            f"<div class=s>Range {ref}</div></div>"
        )
    doc.add("</div>")


def your_value(doc):
    """The word before the value names no result: the line above it does."""
    doc.comma, doc.language = True, "de"
    head(doc, [("Patientin", doc.person), ("Alter", "38 Jahre")], 2, "Ihr Ergebnis")
    for name, value, unit, ref in (
        ("Vitamin D (25-OH)", "19,4", "ng/ml", "30,0 - 100,0 ng/ml"),
        ("Ferritin", "24", "µg/l", "15 - 150 µg/l"),
        ("TSH", "1,87", "mU/l", "0,40 - 4,00 mU/l"),
    ):
        doc.row(name, value, unit, ref)
        doc.add(f"<p><b>{name}</b><br>Ihr Wert: {value} {unit}<br>Referenzbereich: {ref}</p>")


def indented_parts(doc):
    """Value, interval and judgement set in below the name."""
    plain_head(doc)
    for name, value, unit, ref, judged in (
        ("Haemoglobin", "149", "g/L", "130 - 180", "Normal"),
        ("White cells", "5.2", "10^9/L", "4.0 - 11.0", "Normal"),
        ("Platelets", "118", "10^9/L", "150 - 400", "Below range"),
    ):
        doc.row(name, value, unit, ref)
        parts = "".join(f"<dd>{part}</dd>" for part in (f"{value} {unit}", f"Reference: {ref}"))
        doc.add(f"<dl><dt><b>{name}</b></dt>{parts}<dd>{judged}</dd></dl>")


DOCS = [
    findings_in_columns,
    units_in_headings,
    wrapped_names_below_values,
    your_value,
    indented_parts,
]
