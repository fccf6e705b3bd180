# SPDX-License-Identifier: Apache-2.0
"""Reads the cases: a folder for each rule with its inputs and what they must give, and one for each
vignette.

A line of `rules/ID/cases.txt` is `urgency or - | sex age flags | results`: the rule speaks with
that urgency (its highest), or is silent.  A result is `id=value unit [low-high] @when`.  Rules that
need more than facts have `*.json` with a whole report."""
import json
import os
import re

HERE = os.path.dirname(os.path.realpath(__file__))
RESULT = re.compile(
    r"(?P<id>\w+)=(?P<comparator>[<>]=?)?(?P<value>[^ ]+)(?: (?P<unit>(?!@)\S.*?))?"
    r"(?: \[(?P<low>[\d.]*)-(?P<high>[\d.]*)\])?(?: @(?P<when>\S+))?"
)


def value_of(text):
    try:
        return float(text)
    except ValueError:
        return text


def result_of(text):
    words = text.strip()
    found = RESULT.fullmatch(words)
    if not found:
        # A word of several parts, such as "not detected".
        name, _, value = words.partition("=")
        return {"analyte": name, "value": value}
    made = {"analyte": found["id"], "value": value_of(found["value"])}
    if isinstance(made["value"], str):
        made["value"] = words.partition("=")[2]
        return made
    for key, name in (("unit", "unit"), ("comparator", "comparator"), ("when", "collected")):
        if found[key]:
            made[name] = found[key]
    bounds = {key: float(found[key]) for key in ("low", "high") if found[key]}
    if bounds:
        made["reference"] = bounds
    return made


def person_of(text):
    sex, age, *flags = text.split()
    made = {}
    if sex != "?":
        made["sex"] = sex
    if age != "?":
        made["age_years"] = float(age)
    for flag in flags:
        name, _, value = flag.partition("=")
        made[name] = int(value) if value else True
    return made


def line_case(rule, number, line):
    urgency, person, results = (part.strip() for part in line.split("|", 2))
    rows = [result_of(text) for text in results.split(";")]
    return {
        "name": f"rules/{rule} line {number}",
        "facts": {"patient": person_of(person), "observations": rows},
        "must": {} if urgency == "-" else {rule: urgency},
        "must_not": [rule] if urgency == "-" else [],
        "units": {row.get("unit") for row in rows},
    }


def of_rule(rule):
    folder, cases = os.path.join(HERE, "rules", rule), []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            if name == "cases.txt":
                lines = [line for line in file if line.strip() and line[0] != "#"]
                cases += [line_case(rule, n + 1, line) for n, line in enumerate(lines)]
            elif name.endswith(".json"):
                case = json.load(file)
                must = {rule: case["urgency"]} if case["urgency"] else {}
                made = {"name": f"rules/{rule}/{name}", "facts": case["input"], "must": must}
                cases.append(dict(made, must_not=[] if must else [rule], units=set()))
    return cases


def rules():
    names = sorted(os.listdir(os.path.join(HERE, "rules")))
    return {rule: of_rule(rule) for rule in names}


def vignettes():
    folder, made = os.path.join(HERE, "vignettes"), []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        parts = {}
        for part in ("input", "expected"):
            with open(os.path.join(folder, name, part + ".json"), encoding="utf-8") as file:
                parts[part] = json.load(file)
        made.append(dict(parts["expected"], name="vignettes/" + name, facts=parts["input"]))
    return made


def spoken(result):
    said = {}
    for claim in result["claims"]:
        said[claim["rule_id"]] = max(claim["urgency"], said.get(claim["rule_id"], ""))
    return said


def is_too_much(case, rule):
    """Of the families of a vignette ("only") no rule speaks but those that must."""
    return rule.startswith(tuple(case.get("only", ()))) and rule not in case["must"]


def problems(case, result):
    """What the result says that it must not, and the other way round."""
    if "error" in result:
        return [f"{case['name']}: {result.get('hint') or result['error']}"]
    said, found = spoken(result), []
    for rule, urgency in case.get("must", {}).items():
        if said.get(rule) != urgency:
            found.append(f"{rule} is {said.get(rule, 'silent')}, not {urgency}")
    found += [f"{r} is {said[r]}, not silent" for r in case.get("must_not", ()) if r in said]
    found += [f"{r} is {u}, not expected" for r, u in said.items() if is_too_much(case, r)]
    flags = {claim["rule_id"] for claim in result["red_flags"]}
    if "red_flags" in case and flags != set(case["red_flags"]):
        found.append(f"red flags are {sorted(flags)}, not {sorted(case['red_flags'])}")
    if case.get("urgency", result["urgency"]) != result["urgency"]:
        found.append(f"the urgency is {result['urgency']}, not {case['urgency']}")
    for formula, value in case.get("derived", {}).items():
        values = [one["value"] for one in result["derived"] if one["formula"] == formula]
        if value is None and values or value is not None and not near(values, value):
            found.append(f"{formula} is {values}, not {value}")
    return [f"{case['name']}: {text}" for text in found]


def near(values, wanted):
    return any(abs(value - wanted) <= 0.006 * max(1, abs(wanted)) for value in values)
