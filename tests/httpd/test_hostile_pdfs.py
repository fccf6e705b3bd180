# SPDX-License-Identifier: Apache-2.0
"""Hostile PDFs all at once, between reports that must not notice: each ends with its class or with
exactly its results, and no server dies of one."""
import pytest

import hostile_pdfs
from harness import sample, unique

EVERY = 10  # documents between two neighbours


def outcome(stack, analysis):
    """The error class, or the values that were read."""
    body = stack.finished(analysis, 120)
    if body["status"] != "completed":
        return body["error_class"]
    return [o["value_text"] for o in stack.get(f"/results/{analysis}").json()["observations"]]


@pytest.mark.expects("BT1024")
def test_hostile_pdfs(stack):
    before = stack.pids("WORKER_PIDS"), stack.pids("EXTRACT_PIDS")
    documents, sent, neighbours = hostile_pdfs.documents(), {}, []
    assert len(documents) >= 40
    for i, (name, (pdf, _)) in enumerate(documents.items()):
        sent[name] = stack.submit(pdf)
        if i % EVERY == 0:
            neighbours.append(stack.submit(unique(sample("classic"))))
    wrong = {}
    for name, (_, error_class) in documents.items():
        got = outcome(stack, sent[name])
        if got != (error_class or hostile_pdfs.READ):
            wrong[name] = got
    assert not wrong
    assert all(stack.finished(neighbour)["status"] == "completed" for neighbour in neighbours)
    assert (stack.pids("WORKER_PIDS"), stack.pids("EXTRACT_PIDS")) == before


def test_junk_before_the_mark(stack):
    """Readers that look further than the first byte disagree on where offsets count from."""
    answer = stack.upload(hostile_pdfs.JUNK_BEFORE)
    assert answer.status_code == 415 and answer.json()["code"] == "not_a_pdf"


def test_values_of_form_fields(stack):
    """A viewer may show something else than the value of a field: it is told, not read."""
    result = stack.get("/results/" + stack.analysed(hostile_pdfs.filled_form(b"4.2"))).json()
    assert [o["value_text"] for o in result["observations"]] == ["12.9", "139"]
    (note,) = result["not_understood"]
    assert (note["text"], note["page"]) == ("4.2", 1) and "form field" in note["reason"]
    assert note["box"] == pytest.approx([198, 148, 240, 162])


def test_boxes_of_a_turned_page(stack):
    """They are where the page shows the row: its letters climb along the left edge."""
    pdf = hostile_pdfs.documents()["turned-text-up"][0]
    rows = stack.get("/results/" + stack.analysed(pdf + b"\n")).json()["observations"]
    x0, y0, x1, y1 = rows[0]["box"]
    assert 130 < x0 < x1 < 150 and y1 == pytest.approx(792, abs=2) and y1 - y0 > 300
