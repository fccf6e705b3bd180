# SPDX-License-Identifier: Apache-2.0
"""Accounts of a stack with --auth basic: rows of `users` that mod_authn_dbd reads, passwords as
bcrypt hashes."""
import os

from . import process

# variable → (login, role, is_active)
PEOPLE = {
    "USER_A": ("anna", "user", 1),
    "USER_B": ("bruno", "user", 1),
    "OPERATOR": ("operator", "operator", 1),
    "ADMIN": ("admin", "admin", 1),
    "DISABLED": ("dora", "user", 0),
}


def password_variable(variable):
    return (
        variable.replace("USER_", "PASS_") if variable.startswith("USER_") else variable + "_PASS"
    )


def variables():
    """What `up` and `status` print; the passwords are for tests and known to everybody."""
    names = {}
    for variable, (login, _, _) in PEOPLE.items():
        names[variable] = login
        names[password_variable(variable)] = login + "-secret"
    return names


def insert(state):
    """By the command line that administrators use."""
    ctl = os.path.join(state["home"], "bin", "bloodtestctl")
    config = ["--config", os.path.join(state["home"], "worker.conf")]
    for login, role, active in PEOPLE.values():
        # The least work: tests log in all the time.
        about = [
            "--cost",
            "4",
            "--role",
            role,
            "--name",
            login.capitalize(),
            "--email",
            f"{login}@example.org",
        ]
        words = [ctl, "user", "add", login, *about, *config]
        process.run(state["home"], words, state["sanitizer"], said=login + "-secret\n")
        if not active:
            words = [ctl, "user", "disable", login, *config]
            process.run(state["home"], words, state["sanitizer"])
