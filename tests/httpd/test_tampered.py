# SPDX-License-Identifier: Apache-2.0
"""Encrypted rows that somebody changed in the database: shown as unreadable to their owner, with
the reason in the log, while everything beside them goes on; to others they do not exist."""
import pytest

from harness import ctl, rows, run_sql, sample, unique

CODE = "stored_data_unreadable"


def change(stack, analysis, column, value):
    run_sql(stack, f"UPDATE analysis_results SET {column} = {value} WHERE id = '{analysis}'")


def cell(stack, analysis, column):
    found = rows(stack, f"SELECT {column} AS c FROM analysis_results WHERE id = '{analysis}'")
    return found[0]["c"]


@pytest.fixture(name="reports")
def make_reports(accounts):
    """One of each kind, of USER_A, and the ways they were changed."""
    stack, anna = accounts, accounts.login("USER_A")
    made = [stack.submit(unique(sample("critical")), auth=anna) for _ in range(4)]
    for analysis in made:
        assert stack.finished(analysis, auth=anna)["status"] == "completed"
    good, flipped, moved, lost = made
    sealed = cell(stack, flipped, "query")
    assert sealed.startswith("bt1:first:"), "this stack does not encrypt"
    change(stack, flipped, "query", f"'{sealed[:-6]}{sealed[-6:].swapcase()}'")
    change(stack, moved, "original_filename", f"'{cell(stack, good, 'original_filename')}'")
    other = cell(stack, lost, "query").replace("bt1:first:", "bt1:gone:")
    change(stack, lost, "query", f"'{other}'")
    yield good, {flipped: CODE, moved: CODE, lost: "encryption_key_missing"}
    for analysis in made:
        answer = stack.call("DELETE", f"/analysis/{analysis}", auth=anna)
        assert answer.status_code == 200, answer.text


@pytest.mark.expects("BT2110", "BT2111", "AH01617", "AH01618")
def test_one_row_spoils_no_list(accounts, reports):
    stack, (good, broken) = accounts, reports
    for who in ("USER_A", "OPERATOR"):
        listed = stack.get("/analyses?limit=4", auth=stack.login(who)).json()["analyses"]
        found = {row["analysis_id"]: row for row in listed}
        assert set(found) == {good, *broken}
        assert found[good]["problem"] is None and found[good]["query"] == "What is out of range?"
        for analysis, code in broken.items():
            row = found[analysis]
            assert (row["problem"], row["query"], row["original_filename"]) == (code, None, None)
            assert row["status"] == "completed" and row["created_at"]
    told = [line for line in stack.new_lines() if "BT2111" in line]
    assert len(told) == 2 and all("3 analyses of a list do not open" in line for line in told)
    assert all(any(analysis in line for analysis in broken) for line in told), told
    page = stack.get("/", auth=stack.login("USER_A"), headers={"Accept": "text/html"})
    assert page.status_code == 200 and page.text.count("cannot be opened") == 3
    queue = ctl(stack, "queue")
    assert queue.returncode == 0, queue.stderr


@pytest.mark.expects("BT2110", "BT2111", "AH01617", "AH01618")
def test_who_learns_of_it(accounts, reports):
    """The owner and operators get the reason; to others it is as if it were not there."""
    stack, (good, broken) = accounts, reports
    bruno = stack.login("USER_B")
    assert stack.get(f"/results/{good}", auth=stack.login("USER_A")).status_code == 200
    for analysis, code in broken.items():
        for path in (f"/status/{analysis}", f"/results/{analysis}", f"/download/{analysis}"):
            for who in ("USER_A", "OPERATOR"):
                answer = stack.get(path, auth=stack.login(who))
                assert answer.status_code == (500 if code == CODE else 503), path
                assert answer.json()["code"] == code and "bt1:" not in answer.text
            answer = stack.get(path, auth=bruno)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    lines = [line for line in stack.new_lines() if "BT2110" in line]
    assert len(lines) == 3 * 3 * 2, lines


@pytest.mark.expects("BT2110", "BT2111", "AH01617", "AH01618")
def test_a_result_that_was_changed(accounts, reports):
    """Only what needs the cell fails."""
    stack, (good, _) = accounts, reports
    anna = stack.login("USER_A")
    change(stack, good, "analysis_json", f"'{cell(stack, good, 'summary')}'")
    assert stack.get(f"/status/{good}", auth=anna).status_code == 200
    answer = stack.get(f"/results/{good}", auth=anna)
    assert (answer.status_code, answer.json()["code"]) == (500, CODE)
    answer = stack.get(f"/results/{good}", auth=stack.login("USER_B"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
