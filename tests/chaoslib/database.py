# SPDX-License-Identifier: Apache-2.0
"""The tables as they are, read past the programs: by psql or Python's own SQLite."""
import csv
import io
import sqlite3

from stacklib import servers


def rows(state, sql):
    """Each row a dict of texts; NULL is the empty text."""
    if state["db"] == "sqlite":
        db = sqlite3.connect(state["params"], timeout=30)
        try:
            found = db.execute(sql)
            names = [column[0] for column in found.description]
            return [{n: "" if v is None else str(v) for n, v in zip(names, row)} for row in found]
        finally:
            db.close()
    done = servers.psql(state, sql, "--csv")
    return list(csv.DictReader(io.StringIO(done.stdout)))


def count(state, sql):
    return int(next(iter(rows(state, sql)[0].values())))


class Tables:
    """A copy of all that the checks look at."""

    def __init__(self, state):
        self.analyses = {
            r["id"]: r
            for r in rows(
                state,
                "SELECT id, status, error_class, file_hash, completed_at,"
                " CASE WHEN analysis_json IS NULL THEN 0 ELSE 1 END AS has_result"
                " FROM analysis_results",
            )
        }
        self.jobs = {r["analysis_id"]: r for r in rows(state, "SELECT * FROM job_queue")}
        self.attempts = {}
        for row in rows(state, "SELECT * FROM job_attempts ORDER BY task_id, attempt"):
            self.attempts.setdefault(row["task_id"], []).append(row)
        self.documents = {
            r["analysis_id"]
            for r in rows(state, "SELECT DISTINCT analysis_id FROM report_documents")
        }
        self.keys = {}
        for row in rows(state, "SELECT kind, analysis_id FROM submission_keys"):
            self.keys.setdefault(row["analysis_id"], []).append(row["kind"])
