# SPDX-License-Identifier: Apache-2.0
"""POST /interpret: facts without a document, answered at once and kept nowhere."""
import json
import os
import re
import shutil
import subprocess
import tempfile

import pytest

from harness import TOP, httpd_configtest, rows, sample, unique

HB = {"analyte": "hb", "value": 6.4, "unit": "g/dL"}
FACTS = {"patient": {"sex": "F", "age_years": 44}, "observations": [HB]}


def ask(stack, facts, accept="application/json", **more):
    return stack.post("/interpret", json=facts, headers={"Accept": accept}, **more)


def test_facts_are_interpreted_in_every_form(stack):
    answer = ask(stack, {**FACTS, "query": "Is it anaemia?"})
    assert answer.status_code == 200
    result = answer.json()
    assert result["urgency"] == "U4"
    assert [flag["rule_id"] for flag in result["red_flags"]] == ["C07"]
    assert result["disclaimer"] and result["knowledge_version"]
    assert "You asked about blood count" in result["summary"]
    text = ask(stack, FACTS, "text/plain")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert "Haemoglobin" in text.text and result["disclaimer"][:40] in text.text
    page = ask(stack, FACTS, "text/html")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Content-Security-Policy" in page.headers and "<table" in page.text
    bundle = ask(stack, FACTS, "application/fhir+json")
    assert bundle.headers["Content-Type"].startswith("application/fhir+json")
    assert json.loads(bundle.text)["resourceType"] == "Bundle"


def observation(**changes):
    return {"patient": FACTS["patient"], "observations": [{**HB, **changes}]}


@pytest.mark.parametrize(
    "facts, says",
    [
        (observation(analyte="haemoglobin"), "hb"),
        (observation(analyte="potasium"), "potassium"),
        (observation(unit="furlong"), "g/L"),
        (observation(value=None), "hb"),
        (observation(value={"a": 1}), "hb"),
        (observation(comparator="~"), "comparator"),
        (observation(reference={"low": 5, "high": 1}), "reference"),
        ({"patient": {"sex": "X"}, "observations": []}, "sex"),
        ({"patient": {"age_years": -1}, "observations": []}, "age_years"),
        ({"patient": [], "observations": []}, "patient"),
        ({"observation": []}, "observations"),
        ({"observations": [7]}, "analyte"),
        ({**FACTS, "query": 5}, "query"),
        ([], "observations"),
    ],
)
def test_wrong_facts_are_refused_with_what_to_write(stack, facts, says):
    answer = ask(stack, facts)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["code"] == "field_invalid" and says in problem["detail"]


def send(stack, body, kind="application/json"):
    return stack.post("/interpret", data=body, headers={"Content-Type": kind})


def test_bodies_that_are_no_facts(stack):
    whole = json.dumps(FACTS)
    for body in (b"", whole[:-1], "{'a':1}", b"\xff\xfe", "{}x", "[" * 100000):
        answer = send(stack, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json"), body[:20]
    for kind in ("text/plain", "application/pdf", "application/x-www-form-urlencoded", ""):
        answer = send(stack, whole, kind)
        assert (answer.status_code, answer.json()["code"]) == (415, "not_json"), kind
    assert send(stack, whole, "application/json; charset=utf-8").status_code == 200
    answer = send(stack, " " * (5 * 1024 * 1024) + whole)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    pieces = (b" " * 65536 for _ in range(80))
    assert send(stack, pieces).status_code == 413
    long = ask(stack, {**FACTS, "query": "a" * 2001})
    assert (long.status_code, long.json()["code"]) == (422, "query_too_long")
    assert stack.get("/interpret").status_code == 405
    assert ask(stack, FACTS, "image/png").status_code == 406


def test_nothing_is_stored_and_the_audit_log_tells_no_facts(stack):
    before = rows(stack, "SELECT count(*) FROM analysis_results")
    told = (
        "SELECT who, action, analysis_id, outcome FROM audit_log"
        " WHERE action = 'interpret' ORDER BY id"
    )
    told_before = len(rows(stack, told))
    assert ask(stack, {**FACTS, "query": "Zebrafinch"}).status_code == 200
    assert ask(stack, observation(analyte="zebrafinch")).status_code == 422
    assert rows(stack, "SELECT count(*) FROM analysis_results") == before
    after = rows(stack, told)
    assert len(after) == told_before + 2
    assert {row["outcome"] for row in after[-2:]} == {"ok", "refused"}
    assert "ebrafinch" not in str(rows(stack, "SELECT * FROM audit_log"))
    assert "ebrafinch" not in open(stack["HTTPD_ERROR_LOG"], encoding="utf-8").read()


@pytest.fixture
def site():
    """A folder with a site's own tables that the servers' user may read."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "analytes.tsv"), "w", encoding="utf-8") as file:
            file.write("id\tcrit_low\tri_f_low\taliases_en\nhb\t6.0\t11\tBlood pigment\n")
        yield folder


def knowledge(*words):
    program = os.path.join(os.environ["BLOODTEST_BUILD"], "worker", "bloodtestctl")
    return subprocess.run(
        [program, "knowledge", *words], capture_output=True, text=True, check=False, timeout=60
    )


def test_knowledge_is_shown_with_source_and_confidence():
    done = knowledge("check")
    assert done.returncode == 0 and "knowledge_version" in done.stdout
    done = knowledge("show", "C01")
    assert done.returncode == 0
    assert "potassium <= 2.8" in done.stdout and "HOM: Homerton" in done.stdout
    assert "threshold read in the source" in done.stdout
    done = knowledge("show", "R24")
    assert "not yet reviewed" in done.stdout
    assert "142*pow" in knowledge("show", "F01").stdout
    done = knowledge("show", "potasium")
    assert done.returncode == 3 and "potassium" in done.stderr
    for words in (["show"], ["diff"], ["frobnicate"], ["check", "a", "b"], []):
        assert knowledge(*words).returncode == 2, words


def test_the_reader_knows_the_site_s_names(site, tmp_path):
    """A label that only the site knows is read by the sandboxed reader as well."""
    samples = os.path.join(TOP, "tests", "samples")
    with open(os.path.join(samples, "reports.json"), encoding="utf-8") as file:
        told = json.load(file)
    told["reports"], told["variants"] = told["reports"][:1], []
    text = json.dumps(told).replace('"Haemoglobin"', '"Blood pigment"')
    (tmp_path / "reports.json").write_text(text, encoding="utf-8")
    shutil.copy(os.path.join(samples, "make-samples"), tmp_path)
    subprocess.run([tmp_path / "make-samples", tmp_path], check=True, capture_output=True)
    program = os.path.join(os.environ["BLOODTEST_BUILD"], "worker", "bloodtestctl")
    words = [program, "analyze", "--json", tmp_path / "pdf" / "classic.pdf"]
    for more, analyte in ([], None), (["--site", site], "hb"):
        done = subprocess.run([*words, *more], check=True, capture_output=True, timeout=60)
        rows_read = json.loads(done.stdout)["observations"]
        row = next(o for o in rows_read if o["label"] == "Blood pigment")
        assert row["analyte"] == analyte
    words += ["--site", "/nonexistent"]
    assert subprocess.run(words, check=False, capture_output=True, timeout=60).returncode == 3


def test_a_site_s_own_knowledge(private, site):
    folder = site
    stack = private(
        "--worker-option",
        f"knowledge.site_directory={folder}",
        "--directive",
        f'BloodtestKnowledge "{folder}"',
        "--worker-option",
        "knowledge.audience=patient",
        "--directive",
        "BloodtestAudience patient",
    )
    result = ask(stack, FACTS).json()
    assert result["urgency"] == "U3" and "+" in result["knowledge_version"]
    assert result["observations"][0]["reference"]["source"] == "site"
    report = stack.get(f"/results/{stack.analysed(unique(sample('critical')))}").json()
    assert report["knowledge_version"] == result["knowledge_version"]
    assert (report["audience"], result["audience"]) == ("patient", "patient")
    assert "Call a doctor" in report["summary"] and "[C01" not in report["doctor_analysis"]
    with open(os.path.join(folder, "rules.tsv"), "w", encoding="utf-8") as file:
        file.write("id\tswitch\nC01\tperhaps\n")
    refused = httpd_configtest(stack.state())
    assert refused.returncode != 0
    assert f"{folder}/rules.tsv:2" in refused.stderr and "write on or off" in refused.stderr
    done = knowledge("check", folder)
    assert done.returncode == 3 and f"{folder}/rules.tsv:2" in done.stderr
    os.remove(os.path.join(folder, "rules.tsv"))
    done = knowledge("diff", folder)
    assert done.returncode == 0 and "analytes.tsv hb: crit_low: 7 -> 6.0" in done.stdout
    assert "rules.tsv C07 row 1: when: hb <= 7.0 -> hb <= 6" in done.stdout
    done = knowledge("show", "hb", "--site", folder)
    assert done.returncode == 0 and "[site:" in done.stdout and "used by C07" in done.stdout


FHIR_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")


def check_values(node, where="bundle"):
    """What R4 asks of all JSON: nothing is null or empty."""
    assert node not in (None, "", [], {}), where
    if isinstance(node, str):
        assert node.strip() == node or "\n" in node, where
    pairs = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in pairs:
        check_values(value, f"{where}.{key}")


def check_quantity(quantity, is_simple=False):
    assert isinstance(quantity["value"], (int, float))
    assert quantity.get("comparator", "<") in ("<", "<=", ">=", ">")
    assert not (is_simple and "comparator" in quantity)
    assert ("code" in quantity) == ("system" in quantity)
    assert quantity.get("system", "http://unitsofmeasure.org") == "http://unitsofmeasure.org"


def check_observation(resource, urls):
    assert resource["status"] == "preliminary" and resource["code"]["text"]
    assert resource["category"][0]["coding"][0]["code"] == "laboratory"
    values = [key for key in resource if key.startswith("value")]
    assert len(values) + ("dataAbsentReason" in resource) <= 1
    if "valueQuantity" in resource:
        check_quantity(resource["valueQuantity"])
    for part in resource.get("interpretation", []):
        assert part["coding"][0]["code"] in ("N", "L", "H", "LL", "HH", "A")
    for part in resource.get("referenceRange", []):
        assert {"low", "high", "text"} & set(part)
        for side in ("low", "high"):
            if side in part:
                check_quantity(part[side], is_simple=True)
    for part in resource.get("derivedFrom", []):
        assert part["reference"] in urls
    assert FHIR_TIME.fullmatch(resource.get("effectiveDateTime", "2026-01-01"))


def check_bundle(bundle):
    check_values(bundle)
    assert bundle["resourceType"] == "Bundle" and bundle["type"] == "collection"
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(urls) == len(set(urls))
    report = bundle["entry"][0]["resource"]
    assert report["resourceType"] == "DiagnosticReport" and report["code"]["coding"]
    assert "no diagnosis" in report["conclusion"]
    assert {part["reference"] for part in report["result"]} == set(urls[1:])
    for entry in bundle["entry"][1:]:
        assert entry["resource"]["resourceType"] == "Observation"
        check_observation(entry["resource"], urls)


MANY = [
    HB,
    {**HB, "value": 7.4, "collected": "2026-01-02T03:04"},
    {"analyte": "creatinine", "value": 1.2, "unit": "mg/dL", "collected": "2026-02-02"},
    {"analyte": "crp", "value": 5, "comparator": "<", "unit": "mg/L"},
    {"analyte": "hbsag", "value": "positive"},
    {"analyte": "ph_art", "value": 7.4},
    {"analyte": "chol", "value": 5.2, "unit": "mmol/L", "reference": {"high": 5}},
    {"analyte": "hdl", "value": 1.2, "unit": "mmol/L", "reference": {"low": 1}},
    {"analyte": "trig", "value": 1.2, "unit": "mmol/L"},
    {"analyte": "sodium", "value": 140},
]


def test_bundles_are_fhir(stack):
    check_bundle(ask(stack, {**FACTS, "observations": MANY}, "application/fhir+json").json())
    for name in ("classic", "german", "critical"):
        id_ = stack.analysed(unique(sample(name)))
        answer = stack.get(f"/results/{id_}", headers={"Accept": "application/fhir+json"})
        check_bundle(answer.json())


def test_pages_have_what_readers_and_their_tools_need(stack):
    id_ = stack.analysed(unique(sample("critical")))
    for path in ("/", f"/results/{id_}", "/queue"):
        answer = stack.get(path, headers={"Accept": "text/html"})
        page = answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)
        assert re.search(r'<html lang="\w+">', page) and page.count("<h1>") == 1
        assert 'name="viewport"' in page and '<main id="main">' in page
        assert len(re.findall(r"<th(?=[ >])", page)) == page.count('scope="')
        assert len(re.findall(r'<(input(?! type="hidden")|select|textarea)', page)) == len(
            re.findall(r"<label>[^<]+<(input|select|textarea)", page.replace("\n", ""))
        )
        links = set(re.findall(r'href="#(\w+)"', page))
        assert links <= set(re.findall(r'id="(\w+)"', page))
        opened = re.findall(r"<(table|ul|li|section|p|h[123]|div|tr|td|th)(?=[ >])", page)
        for element in set(opened):
            assert opened.count(element) == page.count(f"</{element}>"), element
    page = stack.get(f"/results/{id_}", headers={"Accept": "text/html"}).text
    assert page.index("Red flags") < page.index("Summary") and 'href="#o1"' in page
