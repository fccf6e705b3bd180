# SPDX-License-Identifier: Apache-2.0
"""What a well-behaved client does: submit, poll, read, list, download, delete, and look at the
queue."""
import os
import re
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import TESTS, sample, unique

sys.path.append(os.path.join(TESTS, "bench"))
import report  # noqa: E402

ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
TEXTS = (
    "summary",
    "doctor_analysis",
    "nutrition_analysis",
    "exercise_analysis",
    "verification_analysis",
    "disclaimer",
)


@pytest.fixture(name="finished", scope="module")
def finished_analysis(shared_stack):
    return shared_stack.analysed(unique(sample("classic")))


def test_home_names_features_and_endpoints(stack):
    answer = stack.get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert {"message", "features", "endpoints"} <= set(answer.json())


def test_health_sees_database_redis_and_workers(stack):
    answer = stack.get("/health")
    assert answer.status_code == 200
    assert {"database", "redis", "workers"} <= set(answer.json())


def test_submit_answers_as_the_contract_says(stack):
    answer = stack.upload(unique(sample("critical")))
    assert answer.status_code == 202
    body = answer.json()
    assert {"analysis_id", "task_id", "status", "message", "estimated_completion_time"} <= set(body)
    assert body["status"] == "queued"
    assert uuid.UUID(body["analysis_id"]) and uuid.UUID(body["task_id"])
    assert answer.headers["Location"].endswith("/status/" + body["analysis_id"])
    assert int(answer.headers["Retry-After"]) >= 1
    stack.finished(body["analysis_id"])


def test_status_of_a_finished_analysis(stack, finished):
    answer = stack.get(f"/status/{finished}")
    body = answer.json()
    wanted = {
        "analysis_id",
        "status",
        "stage",
        "created_at",
        "query",
        "original_filename",
        "completed_at",
        "processing_time",
        "retry_count",
        "error_class",
        "error_message",
    }
    assert wanted <= set(body), wanted - set(body)
    assert body["status"] == "completed" and body["original_filename"] == "report.pdf"
    assert ISO.match(body["created_at"]) and ISO.match(body["completed_at"])
    assert 0 <= body["processing_time"] < 60 and body["retry_count"] == 0


def test_status_answers_304_for_its_etag(stack, finished):
    tag = stack.get(f"/status/{finished}").headers["ETag"]
    again = stack.get(f"/status/{finished}", headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b""


def test_results_hold_texts_and_what_they_rest_on(stack, finished):
    answer = stack.get(f"/results/{finished}", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    body = answer.json()
    for name in TEXTS:
        assert body[name] and isinstance(body[name], str), name
    assert len(body["observations"]) >= 25
    first = body["observations"][0]
    assert (first["label"], first["value_text"], first["unit_text"]) == (
        "Haemoglobin",
        "10.4",
        "g/dL",
    )
    assert first["page"] == 1 and len(first["box"]) == 4 and first["interpretation"] == "L"
    known = {o["id"] for o in body["observations"]}
    for claim in body["claims"]:
        assert set(claim["observation_ids"]) <= known | {
            d["id"] for d in body["derived"] if "id" in d
        }
    for name in (
        "derived",
        "red_flags",
        "not_understood",
        "patient",
        "specimen",
        "urgency",
        "engine",
        "knowledge_version",
        "processing_time",
        "completed_at",
    ):
        assert name in body, name


@pytest.mark.parametrize(
    "accept, kind",
    [
        ("text/plain", "text/plain"),
        ("text/html", "text/html"),
        ("application/fhir+json", "application/fhir+json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_results_are_negotiated(stack, finished, accept, kind):
    answer = stack.get(f"/results/{finished}", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(kind)
    assert "accept" in answer.headers["Vary"].lower()
    if kind == "text/html":
        assert "default-src" in answer.headers["Content-Security-Policy"]
    assert b"10.4" in answer.content


def test_download_is_an_attachment(stack, finished):
    answer = stack.get(f"/download/{finished}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Haemoglobin" in answer.text


def test_list_is_newest_first_and_pages(stack, finished):
    newest = stack.analysed(unique(sample("german")))
    body = stack.get("/analyses?limit=2").json()
    assert {"analyses", "total", "skip", "limit"} <= set(body)
    assert len(body["analyses"]) == 2 and body["total"] >= 2
    assert body["analyses"][0]["analysis_id"] == newest
    row = body["analyses"][0]
    assert {
        "analysis_id",
        "status",
        "original_filename",
        "query",
        "created_at",
        "completed_at",
        "processing_time",
    } <= set(row)
    second = stack.get("/analyses?skip=1&limit=1").json()["analyses"][0]
    assert second["analysis_id"] == body["analyses"][1]["analysis_id"]
    found = stack.get(f"/analyses?q={finished[:13]}").json()
    assert [a["analysis_id"] for a in found["analyses"]] == [finished]
    assert all(
        a["status"] == "completed"
        for a in stack.get("/analyses?status=completed").json()["analyses"]
    )


def test_list_by_cursor_while_others_arrive(stack):
    there = [stack.submit(unique(sample("onecell"))) for _ in range(5)]
    seen, path = [], "/analyses?limit=2"
    while not set(there) <= set(seen):
        answer = stack.get(path)
        body, links = answer.json(), answer.links
        seen += [a["analysis_id"] for a in body["analyses"]]
        assert body["total_is_exact"] and "first" in links
        assert (body["next_cursor"] is None) == ("next" not in links)
        if not body["next_cursor"]:
            break
        assert "cursor=" + body["next_cursor"] in links["next"]["url"]
        path = "/analyses?limit=2&cursor=" + body["next_cursor"]
        stack.submit(unique(sample("onecell")))
    assert sorted(one for one in seen if one in there) == sorted(there)
    assert len(set(seen)) == len(seen)
    last = stack.get("/analyses?limit=1").json()
    assert stack.get("/analyses?skip=1&limit=1").links["next"]["url"].count("cursor=") == 1
    good = last["next_cursor"]
    bad_ones = ["x", "0", "00", "31", "313a", "313a3a", "ff" * 20, "31" * 70]
    bad_ones += [good[:-2], good + "00", good.upper() + "A", good + "&skip=1"]
    for bad in bad_ones:
        answer = stack.get("/analyses?cursor=" + bad)
        assert (answer.status_code, answer.json()["code"]) == (422, "field_invalid"), bad


def test_delete_erases(stack):
    analysis = stack.analysed(unique(sample("onecell")))
    answer = stack.call("DELETE", f"/analysis/{analysis}")
    assert answer.status_code in (200, 204)
    for path in (f"/status/{analysis}", f"/results/{analysis}", f"/download/{analysis}"):
        assert stack.get(path).status_code == 404
    assert stack.call("DELETE", f"/analysis/{analysis}").status_code == 404


def test_queue_status_has_real_figures(stack, finished):
    body = stack.get("/queue/status").json()
    assert {"active_tasks", "queue_info", "worker_stats", "timestamp"} <= set(body)
    assert finished and body["worker_stats"]


def test_queue_page_and_metrics(stack):
    page = stack.get("/queue", headers={"Accept": "text/html"})
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    metrics = stack.get("/queue/metrics")
    assert metrics.status_code == 200 and re.search(r"(?m)^bloodtest_\w+", metrics.text)


def test_sync_answers_with_the_analysis(stack):
    answer = stack.upload(unique(sample("rangefirst")), path="/analyze_sync")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert {"status", "query", "analysis", "file_processed", "disclaimer"} <= set(body)
    assert body["status"] == "success"


def test_raw_pdf_body(stack):
    answer = stack.post(
        "/analyze?query=iron",
        data=unique(sample("classic")),
        headers={"Content-Type": "application/pdf"},
    )
    assert answer.status_code == 202, answer.text
    assert stack.finished(answer.json()["analysis_id"])["status"] == "completed"


def test_waiting_for_the_end_with_prefer(stack):
    analysis = stack.submit(unique(sample("sentences")))
    begun = time.monotonic()
    answer = stack.get(f"/status/{analysis}", headers={"Prefer": "wait=20"})
    assert answer.json()["status"] == "completed" and time.monotonic() - begun < 20


def test_duplicate_is_answered_with_the_first(stack):
    pdf = unique(sample("sidebyside"))
    first = stack.submit(pdf)
    again = stack.upload(pdf)
    assert again.status_code == 200
    assert again.json()["analysis_id"] == first and again.json()["task_id"] == "cached"
    other = stack.upload(pdf, fields={"query": "Another question"})
    assert other.status_code == 202 and other.json()["analysis_id"] != first
    stack.finished(first)
    stack.finished(other.json()["analysis_id"])


def test_ten_at_once_make_one_analysis(stack):
    pdf = unique(sample("critical"))
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: stack.upload(pdf), range(10)))
    assert sorted({a.status_code for a in answers}) in ([200, 202], [202])
    assert [a.status_code for a in answers].count(202) == 1
    ids = {a.json()["analysis_id"] for a in answers}
    assert len(ids) == 1
    stack.finished(ids.pop())


def test_idempotency_key(stack):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    pdf = unique(sample("critical"))
    first = stack.upload(pdf, headers=key)
    again = stack.upload(pdf, headers=key)
    assert first.status_code == 202 and again.status_code == 200
    assert first.json()["analysis_id"] == again.json()["analysis_id"]
    other = stack.upload(unique(sample("german")), headers=key)
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key_reused"
    stack.finished(first.json()["analysis_id"])


def test_critical_values_come_first(stack):
    analysis = stack.analysed(unique(sample("critical")))
    body = stack.get(f"/results/{analysis}", headers={"Accept": "application/json"}).json()
    assert body["urgency"] in ("U3", "U4")
    flagged = {o["analyte"]: o["interpretation"] for o in body["observations"]}
    assert flagged["potassium"] == "HH" and flagged["hb"] == "LL"
    cited = {i for flag in body["red_flags"] for i in flag["observation_ids"]}
    wanted = {o["id"] for o in body["observations"] if o["analyte"] in ("potassium", "hb")}
    assert wanted <= cited
    text = stack.get(f"/results/{analysis}", headers={"Accept": "text/plain"}).text
    assert text.index("6.8") < text.index("104")


@pytest.mark.parametrize("size", [-400, -1, 0, 1, 300 * 1024])
def test_bodies_around_what_is_kept_in_memory_arrive_whole(stack, size):
    pdf = report.make(256 * 1024 + size)  # its last page and its end stand behind the filler
    rows = set()
    for query in ("form", "body"):
        if query == "form":
            answer = stack.upload(pdf, fields={"query": f"{query} {size}"})
        else:
            kind = {"Content-Type": "application/pdf"}
            answer = stack.post("/analyze", data=pdf, headers=kind)
        assert answer.status_code == 202, answer.text
        analysis = answer.json()["analysis_id"]
        assert stack.finished(analysis)["status"] == "completed"
        result = stack.get(f"/results/{analysis}").json()
        rows.add(len([o for o in result["observations"] if o["page"] == 2]))
    assert rows == {len(report.ROWS)}
