# SPDX-License-Identifier: Apache-2.0
"""Encrypted rows that somebody changed in the database: shown as unreadable to their owner, with
the reason in the log, while everything beside them goes on; to others they do not exist.  So are
rows in clear that somebody put in their place, where the key file says sealed-only."""
import json
import time

import pytest

from harness import DB, FINAL, ctl, process, rows, run_sql, sample, servers, unique

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


FORGED = "Hemmeligt"  # stands in all that is put into the database in clear


def forge(stack, analysis, good):
    """In the place of sealed cells, what reads like a result: three analyses, three columns."""
    result = stack.get(f"/results/{good}", auth=stack.login("USER_A")).json()
    result["summary"] = FORGED
    values = {"query": FORGED, "original_filename": f"bt0:{FORGED}.pdf"}
    values["analysis_json"] = json.dumps(result).replace("'", "")
    for one, (column, value) in zip(analysis, values.items()):
        change(stack, one, column, f"'{value}'")
    return dict(zip(analysis, values))


def finished_reports(stack, count):
    anna = stack.login("USER_A")
    made = [stack.submit(unique(sample("critical")), auth=anna) for _ in range(count)]
    for analysis in made:
        assert stack.finished(analysis, auth=anna)["status"] == "completed"
    return made


@pytest.mark.expects("AH01617", "AH01618")
def test_in_clear_without_the_line(accounts):
    """As long as a site goes from clear to encrypted nobody can tell one from the other."""
    stack, anna = accounts, accounts.login("USER_A")
    good, *others = finished_reports(stack, 4)
    asked, named, judged = forge(stack, others, good)
    assert stack.get(f"/status/{asked}", auth=anna).json()["query"] == FORGED
    assert stack.get(f"/status/{named}", auth=anna).json()["original_filename"] == FORGED + ".pdf"
    assert stack.get(f"/results/{judged}", auth=anna).json()["summary"] == FORGED
    for analysis in (good, *others):
        assert stack.call("DELETE", f"/analysis/{analysis}", auth=anna).status_code == 200


@pytest.mark.expects("BT2110", "BT2111", "AH01617", "AH01618")
def test_in_clear_with_the_line(private):
    stack = private("--auth", "basic", "--sealed-only", "--workers", "1")
    good, *others = finished_reports(stack, 4)
    forged = forge(stack, others, good)
    for who in ("USER_A", "OPERATOR"):
        listed = stack.get("/analyses", auth=stack.login(who))
        found = {row["analysis_id"]: row for row in listed.json()["analyses"]}
        assert set(found) == {good, *others} and FORGED not in listed.text
        assert found[good]["problem"] is None and found[good]["query"] == "What is out of range?"
        for analysis, column in forged.items():
            wanted = None if column == "analysis_json" else CODE  # which no list has
            assert found[analysis]["problem"] == wanted, column
    for analysis, column in forged.items():
        for path in (f"/status/{analysis}", f"/results/{analysis}", f"/download/{analysis}"):
            for who in ("USER_A", "OPERATOR"):
                answer = stack.get(path, auth=stack.login(who))
                if column == "analysis_json" and path.startswith("/status"):
                    assert answer.status_code == 200
                    continue
                assert (answer.status_code, answer.json()["code"]) == (500, CODE), (path, column)
                assert FORGED not in answer.text
            answer = stack.get(path, auth=stack.login("USER_B"))
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert stack.get(f"/results/{good}", auth=stack.login("USER_A")).status_code == 200
    before = rows(stack, "SELECT * FROM analysis_results ORDER BY id")
    rekey = ctl(stack, "rekey")
    assert rekey.returncode == 1 and "3 rows hold something in clear" in rekey.stderr, rekey.stderr
    assert FORGED not in rekey.stdout + rekey.stderr
    assert rows(stack, "SELECT * FROM analysis_results ORDER BY id") == before
    lines = stack.new_lines()
    assert len([line for line in lines if "BT2110" in line]) == 2 * (3 + 3 + 2)
    assert len([line for line in lines if "BT2111" in line]) == 2
    told = [line for line in lines if "BT2110" in line or "BT2111" in line]
    assert all("is in clear, and" in line and "says sealed-only" in line for line in told), told
    assert not [line for line in lines if FORGED in line]


@pytest.mark.expects("BT1024", "AH01617", "AH01618")
def test_jobs_in_clear_with_the_line(private):
    """A worker is given other questions, options and documents: it fails these, and no others."""
    stack = private("--auth", "basic", "--sealed-only", "--workers", "0")
    anna = stack.login("USER_A")
    made = [stack.submit(unique(sample("critical")), auth=anna) for _ in range(4)]
    asked, told, sent, good = made
    change(stack, asked, "query", f"'{FORGED}'")
    change(stack, told, "options", f"'{{\"sex\":\"F\",\"note\":\"{FORGED}\"}}'")
    other = unique(sample("classic")).hex()
    pdf = f"'\\x{other}'::bytea" if DB == "pgsql" else f"x'{other}'"
    size = len(other) // 2
    run_sql(stack, f"UPDATE report_documents SET content = {pdf} WHERE analysis_id = '{sent}'")
    run_sql(stack, f"UPDATE analysis_results SET file_size = {size} WHERE id = '{sent}'")
    pid = servers.worker_start(stack.state())
    ends = final_states(stack, made)
    process.stop([pid], 25)
    assert ends == {asked: "failed", told: "failed", sent: "failed", good: "completed"}
    assert stack.get(f"/status/{sent}", auth=anna).json()["error_class"] == "internal"
    lines = [line for line in stack.new_lines() if "BT1024" in line]
    for place in ("analysis_results.query of", "analysis_results.options of", "content of"):
        assert [line for line in lines if f"{place} " in line and "is in clear" in line], place
    audit = rows(stack, "SELECT error FROM job_attempts WHERE outcome <> 'completed'")
    assert audit and not [row for row in audit if FORGED in row["error"]]
    assert not [line for line in lines if FORGED in line]


def final_states(stack, analyses, seconds=90):
    """By the tables, for what does not open has no status for its owner."""
    sql, end = "SELECT id, status FROM analysis_results", time.monotonic() + seconds
    while True:
        found = {row["id"]: row["status"] for row in rows(stack, sql)}
        if all(found[analysis] in FINAL for analysis in analyses):
            return {analysis: found[analysis] for analysis in analyses}
        assert time.monotonic() < end, found
        time.sleep(0.2)
