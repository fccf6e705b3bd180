# SPDX-License-Identifier: Apache-2.0
"""Fixtures: one stack for a run, private stacks for tests that break something, and the watch over
the error logs."""
import os
import shutil
import tempfile

import pytest

from harness import DB, Stack, lifecycle, undeclared


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "expects(*tags): BTnnnn or AHnnnnn tags this test makes the servers log"
    )


def watch(request, stack):
    """Run a test between two readings of the logs."""
    stack.new_lines()
    yield stack
    declared = [tag for mark in request.node.iter_markers("expects") for tag in mark.args]
    bad = undeclared(stack.new_lines(), declared)
    assert not bad, "undeclared lines in the error logs:\n" + "\n".join(bad)


@pytest.fixture(scope="session")
def shared_stack():
    stack = Stack(
        "--workers",
        "1",
        "--worker-option",
        "extract.seconds=10",
        "--worker-option",
        "extract.memory_mb=256",
        *(["--keys"] if DB == "pgsql" else []),  # in clear on one database, encrypted on the other
    ).up()
    yield stack
    stack.down()


@pytest.fixture
def stack(request, shared_stack):
    yield from watch(request, shared_stack)


@pytest.fixture(scope="session")
def shared_accounts():
    """One with accounts, and encrypted on both databases."""
    stack = Stack("--auth", "basic", "--keys", "--workers", "1").up()
    yield stack
    stack.down()


@pytest.fixture
def accounts(request, shared_accounts):
    yield from watch(request, shared_accounts)


@pytest.fixture
def private(request):
    """A function that starts a stack of the test's own; its logs are watched as well."""
    made = []

    def start(*options, **more):
        stack = Stack(*options, **more)
        made.append(stack)
        return stack.up()

    yield start
    declared = [tag for mark in request.node.iter_markers("expects") for tag in mark.args]
    bad = []
    for one in made:
        if one.state():
            bad += undeclared(one.new_lines(), declared)
            one.down()
    assert not bad, "undeclared lines in the error logs:\n" + "\n".join(bad)


@pytest.fixture
def folder():
    """One of the test's own that servers can read."""
    path = tempfile.mkdtemp(prefix="btex-", dir=lifecycle.short_temporary())
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path)
