# SPDX-License-Identifier: Apache-2.0
"""Documents that cannot be read, and documents that attack their reader: each fails alone, with its
class."""
import pytest

from harness import fault, sample, unique


@pytest.mark.parametrize(
    "name, error_class",
    [
        ("truncated", "damaged"),
        ("encrypted", "encrypted"),
        ("image", "no_text"),
        ("unwelcome", "not_a_report"),
    ],
)
def test_unreadable_documents(stack, name, error_class):
    pdf = sample(name)
    analysis = stack.submit(pdf if name == "truncated" else unique(pdf))
    body = stack.finished(analysis)
    assert (body["status"], body["error_class"]) == ("failed", error_class)
    assert body["error_message"]
    answer = stack.get(f"/results/{analysis}")
    assert answer.status_code == 409 and answer.json()["code"] == error_class


@pytest.mark.parametrize(
    "name", ["classic", "german", "onecell", "sentences", "sidebyside", "rangefirst"]
)
def test_readable_layouts(stack, name):
    analysis = stack.analysed(unique(sample(name)))
    assert stack.get(f"/results/{analysis}").json()["observations"]


@pytest.mark.expects("BT1024")
@pytest.mark.parametrize(
    "kind, error_class",
    [
        ("crash", "poison"),
        ("abort", "poison"),
        ("hang", "timeout"),
        ("memory", "too_large"),
        ("fork", "poison"),
        ("flood", "poison"),
        ("garbage", "poison"),
    ],
)
def test_faults_fail_alone(stack, kind, error_class):
    if kind == "abort" and stack.state()["sanitizer"]:
        pytest.skip("AddressSanitizer reports an abort in the log; the ordinary build proves this")
    attack = stack.submit(fault(kind))
    neighbour = stack.submit(unique(sample("classic")))
    assert stack.finished(neighbour, 30)["status"] == "completed"
    body = stack.finished(attack, 120)
    assert (body["status"], body["error_class"]) == ("failed", error_class), body
    assert len(stack.pids("WORKER_PIDS")) == 1 and len(stack.pids("EXTRACT_PIDS")) == 1


def test_the_sandbox_refuses_files(stack):
    body = stack.finished(stack.submit(fault("open")), 60)
    assert body["error_class"] == "not_a_report", body


def test_a_deleted_analysis_stays_deleted(stack):
    analysis = stack.submit(fault("hang"))
    assert stack.call("DELETE", f"/analysis/{analysis}").status_code in (200, 204)
    assert stack.get(f"/status/{analysis}").status_code == 404
    assert stack.finished(stack.submit(unique(sample("critical"))))["status"] == "completed"
    assert stack.get(f"/status/{analysis}").status_code == 404


def test_cancel_and_retry(stack):
    analysis = stack.submit(fault("hang"))
    answer = stack.post(f"/analysis/{analysis}/cancel")
    assert answer.status_code == 200, answer.text
    assert stack.finished(analysis)["status"] == "cancelled"
    assert stack.get(f"/results/{analysis}").status_code == 409
    failed = stack.submit(unique(sample("image")))
    assert stack.finished(failed)["error_class"] == "no_text"
    answer = stack.post(f"/analysis/{failed}/retry")
    assert answer.status_code in (200, 202), answer.text
    assert stack.finished(failed)["error_class"] == "no_text"
