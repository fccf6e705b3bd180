# SPDX-License-Identifier: Apache-2.0
"""Earlier analyses of the same person: compared with through the whole service, and of nobody
else."""
import copy
import json
import os
import shutil
import subprocess

from harness import TOP, rows

SAMPLES = os.path.join(TOP, "tests", "samples")


def reports(folder, days):
    """The sample report "classic" for each (day, haemoglobin, creatinine), as PDFs."""
    with open(os.path.join(SAMPLES, "reports.json"), encoding="utf-8") as file:
        told = json.load(file)
    classic = next(r for r in told["reports"] if r["name"] == "classic")
    told["reports"], told["variants"] = [], []
    for number, (day, hb, creatinine) in enumerate(days):
        one = {**copy.deepcopy(classic), "name": f"day{number}", "collected": day}
        changed = {"Haemoglobin": hb, "Creatinine": creatinine}
        for section in one["sections"]:
            for row in section["rows"]:
                row[1] = changed.get(row[0], row[1])
        told["reports"].append(one)
    shutil.copy(os.path.join(SAMPLES, "make-samples"), folder)
    (folder / "reports.json").write_text(json.dumps(told), encoding="utf-8")
    subprocess.run([folder / "make-samples", folder], check=True, capture_output=True)
    return [(folder / "pdf" / f"day{n}.pdf").read_bytes() for n in range(len(days))]


def result_of(stack, pdf, person, auth):
    """Send a report of this person, and what was found."""
    fields = {"query": "What is out of range?", **({"patient_ref": person} if person else {})}
    id_ = stack.submit(pdf, fields=fields, auth=auth)
    assert stack.finished(id_, auth=auth)["status"] == "completed"
    return stack.get(f"/results/{id_}", auth=auth).json()


def change_of(result, analyte):
    return next(o for o in result["observations"] if o["analyte"] == analyte)["change"]


def rules_of(result, word):
    return {c["rule_id"] for c in result["claims"] if word in c["text"]}


def test_changes_and_trends_of_one_person(private, tmp_path):
    stack = private("--auth", "basic", "--keys")
    a, b = (stack["USER_A"], stack["PASS_A"]), (stack["USER_B"], stack["PASS_B"])
    first, second, third, next_day, early, last = reports(
        tmp_path,
        [
            ("12-Mar-2025 08:15", "13.1", "0.72"),
            ("12-Sep-2025 08:15", "12.0", "0.74"),
            ("10-Mar-2026 08:15", "10.4", "0.70"),
            ("11-Mar-2026 08:15", "10.4", "1.45"),
            ("01-Mar-2025 08:15", "13.3", "0.70"),
            ("11-Apr-2026 08:15", "9.9", "0.70"),
        ],
    )
    alone = result_of(stack, first, "ward 7/0815", a)
    assert alone["previous"] == [] and change_of(alone, "hb") == {}
    result_of(stack, second, "ward 7/0815", a)
    result = result_of(stack, third, "ward 7/0815", a)
    change = change_of(result, "hb")
    assert change["previous_value"] == 12.0 and change["flag"] == "D"
    assert change["previous_collected"].startswith("2025-09-12")
    assert {"D02", "D03"} <= rules_of(result, "Haemoglobin")
    assert change_of(result, "creatinine")["flag"] is None
    ids = {p["id"] for p in result["previous"]} | {o["id"] for o in result["observations"]}
    for claim in result["claims"]:
        assert set(claim["observation_ids"]) <= ids
    assert {p["analysis_id"] for p in result["previous"]} >= {alone["analysis_id"]}
    assert "has fallen with each of 3 results since 2025-03-12" in result["doctor_analysis"]
    # a doubled creatinine within two days is urgent, whatever its level
    result = result_of(stack, next_day, "ward 7/0815", a)
    assert "C12" in {flag["rule_id"] for flag in result["red_flags"]}
    # an older report that comes late is not compared with newer ones
    late = result_of(stack, early, "ward 7/0815", a)
    assert change_of(late, "hb") == {}
    # neither another person, nor nobody, nor another owner's person of the same name
    for person, auth in (("ward 7/0816", a), (None, a), ("ward 7/0815", b)):
        other = result_of(stack, last, person, auth)
        assert other["previous"] == [] and change_of(other, "hb") == {}, (person, auth[0])
    found = str(rows(stack, "SELECT * FROM analysis_results"))
    assert "ward 7" not in found
