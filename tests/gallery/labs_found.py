# SPDX-License-Identifier: Apache-2.0
"""Tables as systems of several countries print them: each shows what is said above it."""
from gallery import head, table
from labs_odd import plain_head

BOTH = (
    ("Hemoglobin", "12.6", "g/dL", "13.5 - 17.5", "12.0 - 15.5"),
    ("Hematocrit", "37.1", "%", "39.0 - 50.0", "35.0 - 45.0"),
    ("Creatinine", "0.95", "mg/dL", "0.70 - 1.20", "0.50 - 0.90"),
    ("Ferritin", "21", "ng/mL", "30 - 400", "13 - 150"),
    ("Sodium", "141", "mmol/L", "135 - 145", "135 - 145"),
)


def sexed_head(doc, sex):
    head(doc, [("Patient", doc.person), ("Sex", sex), ("Age", "44")], 3, "Laboratory report")


def men_and_women(doc):
    """A column of intervals for men and one for women, at the end of the heading."""
    sexed_head(doc, "Female")
    for name, value, unit, _, women in BOTH:
        doc.row(name, value, unit, women)
    doc.add(table(["Test", "Result", "Unit", "Men", "Women"], [list(row) for row in BOTH]))


def sexes_below_reference(doc):
    """The words for both sexes stand in a line of their own below the heading of the intervals."""
    sexed_head(doc, "Female")
    for name, value, unit, _, women in BOTH:
        doc.row(name, value, unit, women)
    rows = [["", "", "", "Male", "Female"]] + [list(row) for row in BOTH]
    doc.add(table(["Test", "Result", "Unit", "Reference values", ""], rows))


def sexes_before_result(doc):
    """Intervals for both sexes before the unit and the result."""
    doc.font = "DejaVu Sans"
    doc.language = "vi"
    doc.add("<h3>KẾT QUẢ XÉT NGHIỆM</h3><p>Họ tên: NGUYỄN AN</p>")
    doc.add("<p>Tuổi: 44 &nbsp; Giới tính: Nữ</p>")
    rows = [["", "Nam", "Nữ", "", ""]]
    for name, value, unit, men, women in BOTH[:4]:
        doc.row(name, value, unit, women)
        rows.append([name, men, women, unit, value])
    doc.add(table(["Thông số", "Trị số bình thường", "", "Đơn vị", "Kết quả"], rows))


def two_intervals(doc):
    """Two intervals that nothing tells apart: the text of both, and neither is believed."""
    sexed_head(doc, "Female")
    rows = []
    for name, value, unit, men, women in BOTH:
        ref = men if men == women else f"{men} {women}"
        doc.row(name, value, unit, ref)
        rows.append([name, value, unit, f"{men} &nbsp;&nbsp; {women}"])
    doc.add(table(["Test", "Result", "Unit", "Reference range"], rows))


def result_over_units(doc):
    """The unit before its number, the heading of the results over the units."""
    plain_head(doc)
    doc.css.append(".o td:nth-child(3){text-align:right;padding-right:30px}")
    rows = []
    for name, value, unit, ref in (
        ("Hemoglobin", "13.9", "g/dL", "12.0 - 15.5"),
        ("Glucose", "91", "mg/dL", "70 - 99"),
        ("Creatinine", "0.81", "mg/dL", "0.50 - 0.90"),
        ("Sodium", "139", "mmol/L", "135 - 145"),
        ("Potassium", "4.2", "mmol/L", "3.5 - 5.1"),
    ):
        doc.row(name, value, unit, ref)
        rows.append([name + "........:", unit, value, ref])
    doc.add(table(["", "RESULT", "", "REFERENCE VALUES"], rows, css_class="o"))


def heading_in_two_lines(doc):
    """A heading broken in two, earlier results at the right, thousands parted by points."""
    doc.language = "ro"
    head(doc, [("Nume", doc.person), ("Varsta", "39 ani")], 2, "Buletin de analize")
    rows = []
    for name, value, unit, ref, before in (
        ("Hematii", "4.930.000", "/mm³", "4.300.000 - 5.750.000", "5.010.000"),
        ("Hemoglobină", "15,2", "g/dL", "13,5 - 17,2", "15,9"),
        ("Hematocrit", "45,1", "%", "39,5 - 50,5", "47,0"),
        ("Trombocite", "241.000", "/mm³", "150.000 - 370.000", "229.000"),
        ("Leucocite", "6.180", "/mm³", "3.900 - 10.200", "5.730"),
    ):
        doc.row(name, value, unit, f"({ref})")
        rows.append([name, f"{value} {unit}", f"({ref})", before])
    for name, value, share, ref, before in (
        ("Neutrofile", "3.250", "52,6", "1.500 - 7.700", "3.010"),
        ("Limfocite", "2.240", "36,2", "1.100 - 4.500", "1.990"),
    ):
        doc.row(name, value, "/mm³", f"({ref})/mm³")
        doc.row(name, share, "%")
        rows.append([name, f"{value} /mm³ &nbsp; {share} %", f"({ref})/mm³", before])
    names = ["DENUMIRE", "REZULTATE", "VALORI BIOLOGICE DE<br>REFERINȚĂ", "ANTECEDENT"]
    doc.add(table(names, rows, ["style='width:26%'"] * 4))


def limits_below_one_word(doc):
    """One heading for two columns of limits."""
    plain_head(doc)
    rows = []
    for name, value, unit, low, high in (
        ("Hemoglobin", "13.9", "g/dL", "12.0", "15.5"),
        ("Glucose", "111", "mg/dL", "70", "99"),
        ("Sodium", "139", "mmol/L", "135", "145"),
        ("Potassium", "4.2", "mmol/L", "3.5", "5.1"),
    ):
        doc.row(name, value, unit, f"{low} - {high}")
        rows.append([name, value, unit, low, high])
    doc.add(table(["Test", "Result", "Unit", "Norm", ""], rows))


def results_below_titles(doc):
    """Each test under its title, the result behind a word that names nothing."""
    doc.language = "pt"
    head(doc, [("Paciente", doc.person), ("Idade", "49 anos")], 2, "Resultados")
    for name, value, unit, ref in (
        ("GLICOSE", "94", "mg/dL", "70 a 99"),
        ("CREATININA", "0,81", "mg/dL", "0,50 a 0,90"),
        ("FERRITINA", "38", "ng/mL", "13 a 150"),
    ):
        doc.row(name, value, unit, f"{ref} {unit}")
        doc.add(f"<p><b>{name}</b><br>Material: Soro</p>")
        doc.add(table(None, [[f"Resultado........: {value} {unit}", f"{ref} {unit}"]]))


def names_below_intervals(doc):
    """A title and a remark right below the last interval of a table are no part of it."""
    plain_head(doc)
    rows = [
        ["Hemoglobin", "13.9", "g/dL", "12.0 - 15.5"],
        ["Platelets", "241", "10^9/L", "150 - 400"],
        ["", "", "", "COAGULATION STUDIES"],
        ["INR", "1.02", "", "0.85 - 1.15"],
        ["", "", "", "The Head of the Laboratory"],
    ]
    for row in rows:
        if row[0]:
            doc.row(*row)
    doc.add(table(["Test", "Result", "Unit", "Reference range"], rows))


DOCS = [
    men_and_women,
    sexes_below_reference,
    sexes_before_result,
    two_intervals,
    result_over_units,
    heading_in_two_lines,
    limits_below_one_word,
    results_below_titles,
    names_below_intervals,
]
