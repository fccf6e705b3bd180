# SPDX-License-Identifier: Apache-2.0
"""Every operation against the contract it serves: statuses, types and bodies of what is given and
what is refused, HEAD and OPTIONS."""
import functools
import json
import os
import re

import jsonschema
import pytest

from contract import PROBLEM, Contract
from harness import TOP, sample, unique

NONE = "0b6c9f0e-5a3d-4a52-9a3e-0d6a4f3c2b1a"
JSON = {"Content-Type": "application/json"}


FACTS = {
    "query": "Is it the iron?",
    "patient": {"sex": "F", "age_years": 44, "pregnant": False},
    "observations": [
        {"analyte": "hb", "value": 6.4, "unit": "g/dL", "collected": "2026-02-03T08:00"},
        {"analyte": "hb", "value": 11.9, "unit": "g/dL", "collected": "2026-01-01"},
        {"analyte": "creatinine", "value": 180, "unit": "umol/L"},
        {"analyte": "potassium", "value": 7.1, "unit": "mmol/L", "reference": {"low": 3.5}},
        {"analyte": "ferritin", "value": 8, "unit": "ug/L", "comparator": "<"},
    ],
}


@pytest.fixture(name="contract")
def read_contract(stack):
    return Contract(stack.get("/openapi.json").json())


def table(name, pattern):
    with open(os.path.join(TOP, "libbloodtest", name), encoding="utf-8") as file:
        return re.findall(pattern, file.read(), re.M)


def test_the_contract_is_sound(contract):
    """Its schemas are schemas, its references lead somewhere, and it names every error code."""
    schemas = contract.document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(contract.document))):
        contract.resolver.resolve(reference)
    codes = table("errors.def", r'^BT_ERROR\(\w+, +"([a-z_]+)"')
    assert len(codes) >= 40 and schemas["Problem"]["properties"]["code"]["enum"] == codes
    classes = set(codes[codes.index("damaged") :]) | {"internal", None}
    assert set(schemas["Status"]["properties"]["error_class"]["enum"]) == classes
    names = [operation["operationId"] for _, _, operation in contract.operations()]
    assert len(names) == len(set(names)) >= 17


@pytest.mark.expects("AH01617", "AH01618")
def test_every_operation(accounts):
    stack, anna = accounts, accounts.login("USER_A")
    contract = Contract(stack.get("/openapi.json", auth=anna).json())
    analysis = stack.submit(unique(sample("critical")), auth=anna)
    stack.finished(analysis, auth=anna)
    for method, path, operation in contract.operations():
        allowed = stack.call("OPTIONS", path.replace("{id}", NONE))
        if allowed.status_code != 401:  # the login stands before it
            assert method in allowed.headers["Allow"]
        for name in (NONE, "malformed", analysis):
            if name == analysis and method != "GET":
                continue
            for login in (None, anna, accounts.login("ADMIN"), accounts.login("OPERATOR")):
                for accept in ("*/*", "application/json", "text/html", "image/png"):
                    where, headers = path.replace("{id}", name), {"Accept": accept}
                    answer = stack.call(method, where, auth=login, headers=headers)
                    contract.check(method, where, answer)
        wrong = stack.call("PUT", path.replace("{id}", NONE), auth=anna)
        assert wrong.status_code == 405 and method in wrong.headers["Allow"]
        contract.validate(wrong.json(), {"$ref": "#/components/schemas/Problem"}, path)
        twisted = stack.call(method, path.replace("{id}", NONE) + "?a=%zz", auth=anna)
        contract.check(method, path.replace("{id}", NONE), twisted)
        name = operation["operationId"]
        assert name == "health" or (name, 401, PROBLEM) in contract.judged
    assert len(contract.judged) >= 60


def ask(stack, contract, method, path, status, **more):
    answer = stack.call(method, path, **more)
    assert answer.status_code == status, answer.text
    return contract.check(method, path, answer)


def send(stack, contract, pdf, status, path="/analyze", **more):
    files = {"file": ("report.pdf", pdf, "application/pdf")}
    return ask(stack, contract, "POST", path, status, files=files, **more).json()


def test_the_life_of_an_analysis(stack, contract):
    """What a report is answered with from the first word to the last."""
    both = functools.partial(ask, stack, contract)
    for layout in ("critical", "classic"):
        pdf = unique(sample(layout))
        fields = {"query": "What is urgent?", "patient_ref": "contract", "sex": "F", "age": "44"}
        analysis = send(stack, contract, pdf, 202, data=fields)["analysis_id"]
        both("GET", f"/status/{analysis}", 200)
        assert stack.finished(analysis)["status"] == "completed"
        both("GET", f"/status/{analysis}", 200)
        result = both("GET", f"/results/{analysis}", 200).json()
        assert result["observations"] and result["claims"]
        fhir = {"headers": {"Accept": "application/fhir+json"}}
        both("GET", f"/results/{analysis}", 200, **fhir)
        both("GET", f"/download/{analysis}", 200)
        assert send(stack, contract, pdf, 200, data=fields)["task_id"] == "cached"
        both("POST", f"/analysis/{analysis}/cancel", 409)
        both("POST", f"/analysis/{analysis}/retry", 409)
    assert result["previous"] and any(row["change"] for row in result["observations"])
    listed = both("GET", "/analyses?limit=1", 200).json()
    both("GET", f"/analyses?limit=1&cursor={listed['next_cursor']}", 200)
    both("GET", "/analyses?status=completed&skip=1", 200)
    send(stack, contract, unique(sample("critical")), 200, headers={"Prefer": "wait=20"})
    send(stack, contract, unique(sample("critical")), 200, path="/analyze_sync")
    away = {"headers": {"Prefer": "respond-async"}, "path": "/analyze_sync"}
    last = send(stack, contract, unique(sample("critical")), 202, **away)["analysis_id"]
    stack.finished(last)
    both("DELETE", f"/analysis/{analysis}", 200)
    both("GET", f"/status/{analysis}", 404)
    failed = send(stack, contract, unique(sample("image")), 202)["analysis_id"]
    assert stack.finished(failed)["error_class"] == "no_text"
    both("GET", f"/status/{failed}", 200)
    both("GET", f"/results/{failed}", 409)
    both("POST", f"/analysis/{failed}/retry", 202)
    stack.finished(failed)
    for path in ("/", "/health", "/queue/status", "/openapi.json"):
        both("GET", path, 200)


def test_facts_and_their_interpretation(stack, contract):
    facts = {"$ref": "#/components/schemas/Facts"}
    contract.validate(FACTS, facts, "the request")
    result = ask(stack, contract, "POST", "/interpret", 200, json=FACTS).json()
    assert result["derived"] and result["red_flags"]
    fhir = {"headers": {"Accept": "application/fhir+json"}}
    ask(stack, contract, "POST", "/interpret", 200, json=FACTS, **fhir)
    ask(stack, contract, "POST", "/interpret", 200, json={"observations": []})
    hb = FACTS["observations"][0]
    for bad in (
        {},
        {"observations": [{**hb, "value": None}]},
        {"observations": [{**hb, "comparator": "~"}]},
        {"observations": [{**hb, "unit": 5}]},
        {"observations": [{**hb, "comparator": 5}]},
        {"observations": [{**hb, "reference": "12 - 16"}]},
        {"observations": [], "patient": {"sex": "X"}},
        {"observations": [], "patient": {"age_years": -1}},
        {"observations": [], "query": "q" * 2001},
    ):
        ask(stack, contract, "POST", "/interpret", 422, json=bad)
        with pytest.raises(AssertionError):
            contract.validate(bad, facts, "a request that is refused")
    ask(stack, contract, "POST", "/interpret", 400, data=b"{", headers=JSON)
    ask(stack, contract, "POST", "/interpret", 415, data=b"{}")
    ask(stack, contract, "POST", "/interpret", 413, data=b" " * (9 << 20), headers=JSON)


def test_what_is_refused(stack, contract):
    both = functools.partial(ask, stack, contract)
    pdf = unique(sample("critical"))
    for path in ("/analyze", "/analyze_sync"):
        send(stack, contract, b"", 422, path=path)
        send(stack, contract, b"text", 415, path=path)
        send(stack, contract, pdf, 422, path=path, data={"age": "-1"})
        send(stack, contract, pdf, 403, path=path, headers={"Origin": "https://evil.example"})
        send(stack, contract, pdf, 403, path=path, headers={"Sec-Fetch-Site": "same-origin"})
        send(stack, contract, pdf, 422, path=path, headers={"Idempotency-Key": "k" * 300})
        form = {"Content-Type": "multipart/form-data; boundary=x"}
        both("POST", path, 400, data=b"nonsense", headers=form)
        both("POST", path, 422)
    for query in ("limit=-1", "skip=x", "status=none", "cursor=x", "q=" + "a" * 65):
        both("GET", "/analyses?" + query, 422)
    form = {"headers": {"Referer": stack["BASE_URL"]}, "data": {"a": "b"}}
    for change in ("cancel", "retry"):
        both("POST", f"/analysis/{NONE}/{change}", 403, **form)
        both("POST", f"/analysis/{NONE}/{change}", 413, **{**form, "data": {"a": "b" * 70000}})
    for accept in ("image/png", "application/json;q=0"):
        both("GET", "/", 406, headers={"Accept": accept})


def test_the_judge_sees_what_is_wrong(stack, contract):
    answer = stack.get("/health")
    good = answer.json()
    schema = {"$ref": "#/components/schemas/Health"}
    contract.validate(good, schema, "as it is")
    for bad in (
        {**good, "more": 1},
        {**good, "redis": "perhaps"},
        {**good, "workers": {**good["workers"], "alive": "1"}},
        {name: value for name, value in good.items() if name != "timestamp"},
    ):
        with pytest.raises(AssertionError):
            contract.validate(bad, schema, "as it is not")
    for status, kind in ((418, "application/json"), (200, "text/plain")):
        answer.status_code = status
        answer.headers["Content-Type"] = kind
        with pytest.raises(AssertionError):
            contract.check("GET", "/health", answer)


def test_head_is_get_without_a_body(stack):
    analysis = stack.analysed(unique(sample("critical")))
    for path in ("/", f"/status/{analysis}", f"/results/{analysis}", f"/download/{analysis}"):
        full, head = stack.get(path), stack.call("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Cache-Control"):
            assert full.headers.get(name) == head.headers.get(name), (path, name)
    for path in ("/", "/analyses", f"/status/{NONE}", "/analyze", "/queue"):
        answer = stack.call("OPTIONS", path)
        assert answer.status_code == 204 and "OPTIONS" in answer.headers["Allow"], path


def test_what_a_client_knows_already(stack):
    analysis = stack.analysed(unique(sample("critical")))
    for path in (f"/status/{analysis}", f"/results/{analysis}"):
        tag = stack.get(path).headers["ETag"]
        for known in (tag, f'"other", {tag}', "*", "W/" + tag.removeprefix("W/")):
            answer = stack.get(path, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b""), (path, known)
            assert answer.headers["ETag"] == tag
        assert stack.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_types_by_weight(stack):
    analysis = stack.analysed(unique(sample("critical")))
    for accept, kind in (
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/json;q=0, */*", "text/html"),
        ("text/*;q=0.9, text/html;q=0.1, application/json;q=0.5", "text/plain"),
        ("application/fhir+json", "application/fhir+json"),
    ):
        answer = stack.get(f"/results/{analysis}", headers={"Accept": accept})
        assert answer.headers["Content-Type"].split(";")[0] == kind, accept
        assert "Accept" in answer.headers["Vary"]
    for accept in ("image/png", "*/*;q=0", "application/json;q=0"):
        answer = stack.get(f"/results/{analysis}", headers={"Accept": accept})
        assert answer.status_code == 406, accept


def test_pages_defend_themselves(stack):
    """What a browser keeps, runs, frames and tells: on pages, on pages of errors, and on JSON."""
    analysis = stack.analysed(unique(sample("critical")))
    html = {"Accept": "text/html"}
    for path in ("/", f"/results/{analysis}", "/queue", f"/results/{NONE}"):
        answer = stack.get(path, headers=html)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8", path
        policy = answer.headers["Content-Security-Policy"]
        rules = dict((rule.split(None, 1) + [""])[:2] for rule in policy.split(";"))
        for name in ("default-src", "base-uri", "frame-ancestors"):
            assert rules[name] == "'none'", (path, policy)
        assert "unsafe" not in policy and "*" not in policy, (path, policy)
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert "<script>" not in answer.text and " onclick=" not in answer.text, path
    for path in ("/", "/queue", f"/results/{analysis}", f"/status/{NONE}", "/analyses", "/health"):
        for accept in ("text/html", "application/json"):
            answer = stack.get(path, headers={"Accept": accept})
            assert answer.headers["Cache-Control"] == "no-store", (path, accept)
            assert answer.headers["X-Content-Type-Options"] == "nosniff", (path, accept)
