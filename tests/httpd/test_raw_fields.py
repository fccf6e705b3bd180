# SPDX-License-Identifier: Apache-2.0
"""Fields of a raw PDF in a header, where no access log has them; and the format of logs that the
README gives for those who send them in the address."""
import os
import re
import time
import urllib.parse

import pytest

from harness import ONCE, TOP, httpdconf, process, sample, unique

QUERY = "Is it the iron? Größe & 50% + more; a=b"
PDF = "application/pdf"
LOG = """<IfModule !log_config_module>
    LoadModule log_config_module "{modules}/mod_log_config.so"
</IfModule>
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
{bloodtest}
CustomLog "{folder}/combined.log" combined
CustomLog "{folder}/path.log" bloodtest
"""


def fields(**values):
    return urllib.parse.urlencode(values)


def send(stack, header=None, address=""):
    headers = {"Content-Type": PDF, **({"Bloodtest-Fields": header} if header else {})}
    path = "/analyze" + ("?" + address if address else "")
    return stack.post(path, data=unique(sample("critical")), headers=headers)


def test_fields_of_the_header(stack):
    wanted = {"query": QUERY, "sex": "F", "age": "44", "priority": "stat", "patient_ref": "hdr"}
    answer = send(stack, fields(**wanted))
    assert answer.status_code == 202, answer.text
    analysis = answer.json()["analysis_id"]
    assert stack.finished(analysis)["query"] == QUERY
    result = stack.get(f"/results/{analysis}").json()
    assert result["patient"]["sex"] == "F" and result["patient"]["age_years"] == 44
    both = send(stack, fields(query="of the header"), fields(query="of the address", sex="M"))
    analysis = both.json()["analysis_id"]
    assert stack.finished(analysis)["query"] == "of the header"
    assert stack.get(f"/results/{analysis}").json()["patient"]["sex"] == "M"
    for bad in ("sex=X", "age=-1", "query=%zz", "query=%00", "query=%", fields(query="q" * 2001)):
        answer = send(stack, bad)
        assert answer.status_code == 422, (bad, answer.text)
    assert send(stack, fields(user_id="somebody")).status_code == 403


@pytest.fixture(name="logging")
def start(private, folder):
    process.give(folder, 0o755)
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
        line = re.search(r"`(LogFormat .* bloodtest)`", file.read())[1]
    path, modules = os.path.join(folder, "log.conf"), httpdconf.apxs("LIBEXECDIR")
    with open(path, "w", encoding="utf-8") as file:
        file.write(LOG.format(modules=modules, bloodtest=line, folder=folder))
    return private("--include", path, "--workers", "0"), folder


@ONCE
def test_what_access_logs_keep(logging):
    stack, folder = logging

    def lines(name):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if "/analyze" in line]

    def logged(name, text):
        return any(text in line for line in lines(name))

    assert send(stack, fields(query="CanaryOfHeader", patient_ref="CanaryRef")).status_code == 202
    assert send(stack, None, fields(query="CanaryOfAddress")).status_code == 202
    for name in ("combined.log", "path.log"):
        end = time.monotonic() + 10
        while len(lines(name)) < 2:  # written behind the answer
            assert time.monotonic() < end, name
            time.sleep(0.02)
        assert not logged(name, "CanaryOfHeader"), name
        assert not logged(name, "CanaryRef"), name
    assert logged("combined.log", "CanaryOfAddress")  # which is why
    assert not logged("path.log", "CanaryOfAddress")
