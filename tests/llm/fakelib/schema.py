# SPDX-License-Identifier: Apache-2.0
"""Holds requests against chat-request.json, the part of the public chat API that is used here."""
import json
import os

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}

with open(os.path.join(HERE, "chat-request.json"), encoding="utf-8") as file:
    SCHEMA = json.load(file)


def fits_type(value, name):
    if name in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[name])


def problem(value, rule, where="request"):
    """What is wrong with a value, or None."""
    if "type" in rule and not fits_type(value, rule["type"]):
        return f"{where} is no {rule['type']}"
    if "enum" in rule and value not in rule["enum"]:
        return f"{where} is none of {rule['enum']}"
    if "minimum" in rule and value < rule["minimum"]:
        return f"{where} is too small"
    if "maximum" in rule and value > rule["maximum"]:
        return f"{where} is too large"
    if "oneOf" in rule:
        tried = [problem(value, one, where) for one in rule["oneOf"]]
        return None if None in tried else tried[0]
    if isinstance(value, list):
        if len(value) < rule.get("minItems", 0):
            return f"{where} is empty"
        found = (problem(v, rule.get("items", {}), f"{where}[{i}]") for i, v in enumerate(value))
        return next((f for f in found if f), None)
    if isinstance(value, dict):
        return problem_of_members(value, rule, where)
    return None


def problem_of_members(value, rule, where):
    for name in rule.get("required", []):
        if name not in value:
            return f"{where} has no {name}"
    known = rule.get("properties", {})
    for name, member in value.items():
        if name not in known:
            if rule.get("additionalProperties") is False:
                return f"{where} has an unknown {name}"
            continue
        found = problem(member, known[name], f"{where}.{name}")
        if found:
            return found
    return None


def read(text):
    """The request, and what is wrong with it."""
    try:
        request = json.loads(text)
    except ValueError:
        return None, "no JSON"
    return request, problem(request, SCHEMA)
