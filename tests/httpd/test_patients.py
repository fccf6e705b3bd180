# SPDX-License-Identifier: Apache-2.0
"""One file, one patient: pages that name different patients are never joined into one result, and
pages that only write the same patient in another way are."""
import pytest

import hostile_pdfs as make

DIFFERENT = {
    "names": (["Patient Name: John Doe"], ["Patient Name: Rajesh Kumar"]),
    "names-of-a-family": (["Name: Anna Meier"], ["Name: Paul Meier"]),
    "names-other-words": (["Patient: Anna Meier"], ["Paciente: Juan Lopez"]),
    "numbers": (["Patient ID: 4711"], ["Patient ID: 4712"]),
    "births": (["DOB: 14/05/1980"], ["DOB: 14/05/1981"]),
    "births-german": (["Geburtsdatum: 14.05.1980"], ["Geburtsdatum: 15.05.1980"]),
    "sexes": (["Sex: Male"], ["Sex: Female"]),
    "sexes-french": (["Sexe: Homme"], ["Sexe: Femme"]),
    "ages": (["Age: 34 Years"], ["Age: 58 Years"]),
    "age-and-sex": (["Age: 34 Years", "Sex: F"], ["Age / Sex: 34 Y / M"]),
}
SAME = {
    "nothing-more": (["Patient Name: John Doe"], []),
    "again": (["Patient Name: John Doe", "Sex: M"], ["Patient Name: John Doe", "Sex: M"]),
    "turned-around": (["Name: Mr. John Doe"], ["Name: DOE, JOHN"]),
    "initial": (["Name: Anna Meier"], ["Name: A. Meier"]),
    "second-name": (["Name: Anna Maria Meier"], ["Name: Anna Meier"]),
    "doctor": (["Name: Anna Meier"], ["Name: Dr. Paul Weber"]),
    "other-numbers": (["Patient ID: 4711", "Lab No: 1"], ["MRN: 9", "Lab No: 2"]),
    "birth-order": (["DOB: 1980-05-14"], ["DOB: 14/05/1980"]),
    "birthday": (["Age: 34 Years"], ["Age: 35 Years"]),
    "sex-words": (["Sex: F"], ["Geschlecht: weiblich"]),
    "age-and-sex": (["Age: 34 Years", "Sex: F"], ["Age / Sex: 34 Y / F"]),
    "beside-each-other": (["Name: Anna Meier", "Name: Paul Weber"], []),
}

# What a head says: sex and age in years.
HEADS = {
    "Age/Sex: 34 Y 5 M / F": ("F", 34.42),
    "Age/Sex: 34 Y 5 M 2 D/M": ("M", 34.42),
    "Age/Sex: 3M/F": ("F", 0.25),
    "Age/Sex: 34 M": ("M", 34),
    "Age / Sex 45 Month Male": ("M", 3.75),
    "Age: 10 Days": (None, 0.03),
    "Alter/Geschlecht: 34 J / w": ("F", 34),
    "Sexe: Homme": ("M", None),
    "Sexo: Mujer": ("F", None),
    "Genere: F": ("F", None),
    "Edad: 34 a\xf1os": (None, 34),
    "\xc2ge: 34 ans": (None, 34),
    "Et\xe0: 34 anni": (None, 34),
    "Idade: 34 anos 2 meses": (None, 34.17),
    "DOB: 14/05/1980|Reported: 20/06/2024": (None, 44),
    "Geburtsdatum: 14.05.1980|Eingang: 20.06.2024": (None, 44),
    "Nascimento: 14/05/1980|Emiss\xe3o: 20/06/2024": (None, 44),
    "Date de naissance: 25/07/1980|Date: 20/06/2024": (None, 43),
}


def two_pages(heads):
    """Each page with a head of its own above the same three results."""
    rows = make.ROWS.replace(b"(Patient: Test Person   Sex: F   Age: 34 Years)", b"()")
    objects = make.parts(
        p2=b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
        p4=make.FONT.replace(b">>", b"/Encoding/WinAnsiEncoding>>"),
    )
    for number, stream, head in ((3, 5, heads[0]), (6, 7, heads[1])):
        text = b"".join(
            b"BT /F 10 Tf 50 %d Td (%s) Tj ET\n" % (800 - 15 * i, line.encode("latin-1"))
            for i, line in enumerate(head)
        )
        objects[number] = make.page(contents=b"%d 0 R" % stream)
        objects[stream] = make.stream(text + rows)
    return make.pdf(objects)


def test_one_patient_in_one_file(stack):
    sent = {
        (is_same, name): stack.submit(two_pages(heads))
        for is_same, cases in ((False, DIFFERENT), (True, SAME))
        for name, heads in cases.items()
    }
    wrong = []
    for (is_same, name), analysis in sent.items():
        body = stack.finished(analysis)
        if is_same:
            as_expected = body["status"] == "completed"
        else:
            as_expected = body["error_class"] == "not_a_report"
            as_expected = as_expected and "different patients" in body["error_message"]
        if not as_expected:
            wrong.append((is_same, name, body["error_message"]))
    assert not wrong


def test_what_was_seen_of_no_report(stack):
    pdf = make.made(p5=make.stream(b"BT /F 10 Tf 50 700 Td (Dear Sir or Madam) Tj ET"))
    body = stack.finished(stack.submit(pdf))
    assert body["error_class"] == "not_a_report"
    assert "1 pages, 4 words, 0 lines" in body["error_message"]


def test_sex_and_age_of_the_head(stack):
    sent = {head: stack.submit(two_pages((head.split("|"), []))) for head in HEADS}
    wrong = {}
    for head, (sex, age) in HEADS.items():
        assert stack.finished(sent[head])["status"] == "completed", head
        patient = stack.get(f"/results/{sent[head]}").json()["patient"]
        if patient["sex"] != sex or (patient["age_years"] or -1) != pytest.approx(
            age or -1, abs=0.01
        ):
            wrong[head] = patient
    assert not wrong
