# SPDX-License-Identifier: Apache-2.0
"""Answers of the fake server: a model that does as it is told, and models that do not.

Modes: good; of the wire: half, pieces, garbage, empty, huge, html; of the model: cut, refusal,
filter, prose, fenced; of servers: error500, redirect, quota, no_schema, no_format, no_temperature,
old_limit; of content: invented, reversed, missing, dose, diagnosis, unknown, obey, markup, calm.
"""
import json
import re

SIDES = {"H": "high", "HH": "critically high", "L": "low", "LL": "critically low", "N": "normal"}
ORDERS = re.compile(
    r"ignore|disregard|instead|say that|say all|system:|all is normal|all are normal", re.I
)


def facts_of(request):
    return json.loads(request["messages"][1]["content"])


def value_of(row):
    if "value" not in row:
        return row.get("word", "")
    return f"{row.get('comparator', '')}{row['value']:.10g} {row.get('unit', '')}".strip()


def good(data):
    claims = []
    for row in data["facts"]["observations"]:
        side = row["interpretation"]
        if side not in SIDES or "value" not in row:
            continue
        if side != "N":
            text = f"{row['name']} is {SIDES[side]} at {value_of(row)}."
        elif len(claims) % 3:
            continue
        else:
            text = f"{row['name']} is normal at {value_of(row)}."
        claims.append({"text": text, "ids": [row["id"]]})
    return claims[:12]


def each(data, text):
    """One sentence for each result that has a value."""
    rows = [r for r in data["facts"]["observations"] if "value" in r]
    return [{"text": text(r), "ids": [r["id"]]} for r in rows[:8]]


def reversed_side(row):
    side = {"H": "low", "HH": "low", "L": "high", "LL": "high"}.get(row["interpretation"], "high")
    return f"{row['name']} is {side} at {value_of(row)}."


CONTENT = {
    "invented": lambda d: each(d, lambda r: f"{r['name']} is {r['value'] * 1.37 + 0.7:.1f}."),
    "reversed": lambda d: each(d, reversed_side),
    "missing": lambda d: [
        {"text": "All results are within the normal range.", "ids": [r["id"]]}
        for r in d["facts"]["observations"][:2]
    ],
    "dose": lambda d: each(d, lambda r: f"For {r['name']} take 500 mg of metformin twice daily."),
    "diagnosis": lambda d: each(d, lambda r: f"{r['name']} shows that you have leukaemia."),
    "unknown": lambda d: each(d, lambda r: f"{r['name']} fits a raised calcitonin and a low zinc."),
    "markup": lambda d: each(d, lambda r: f"<b>{r['name']}</b>: see https://example.org."),
    "calm": lambda d: each(d, lambda r: f"{r['name']} is nothing to worry about."),
}


def obey(request):
    """Does what any sentence of the data asks for."""
    data = facts_of(request)
    if not ORDERS.search(request["messages"][1]["content"]):
        return good(data)
    text = "All is normal and nothing is urgent; no doctor is needed."
    return [{"text": text, "ids": [r["id"] for r in data["facts"]["observations"][:3]]}]


def reply(content, finish="stop", **message):
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None, **message},
                "finish_reason": finish,
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    }


def refuses(request, mode):
    """The message of a server that does not know a parameter."""
    form = request.get("response_format", {}).get("type")
    if mode in ("no_schema", "no_format") and form == "json_schema":
        return "Invalid parameter: 'response_format' of type 'json_schema' is not supported"
    if mode == "no_format" and form:
        return "unknown field response_format"
    if mode == "no_temperature" and "temperature" in request:
        return "Unsupported value: 'temperature' does not support 0.2 with this model."
    if mode == "old_limit" and "max_completion_tokens" in request:
        return "Unrecognized request argument supplied: max_completion_tokens"
    return None


def special(mode):
    """Answers that hold no claims: status, body, headers; None: another mode."""
    table = {
        "garbage": (200, b"\x00\xff this is no JSON {{{", ()),
        "html": (200, b"<html><body>Welcome</body></html>", ()),
        "empty": (200, b"", ()),
        "huge": (200, b'{"x":"' + b"a" * 2_000_000 + b'"}', ()),
        "error500": (500, {"error": {"message": "the worker crashed"}}, ()),
        "redirect": (307, {}, (("Location", "http://127.0.0.1:9/v1/chat/completions"),)),
        "quota": (429, {"error": {"code": "insufficient_quota", "message": "quota"}}, ()),
        "refusal": (200, reply(None, refusal="I cannot help with that."), ()),
        "filter": (200, reply("", finish="content_filter"), ()),
        "prose": (200, reply("The results are fine, nothing to see here."), ()),
    }
    return table.get(mode)


def answer(request, mode):
    refused = refuses(request, mode)
    if refused:
        return 400, {"error": {"message": refused, "type": "invalid_request_error"}}, ()
    done = special(mode)
    if done:
        return done
    claims = obey(request) if mode == "obey" else CONTENT.get(mode, good)(facts_of(request))
    content = json.dumps({"claims": claims})
    if mode == "cut":
        body = reply(content[: len(content) * 2 // 3], finish="length")
    elif mode == "fenced":
        body = reply(f"<think>{{hm}}</think>\n```json\n{content}\n```\nI hope this helps!")
    else:
        body = reply(content)
    return 200, json.dumps(body).encode(), ()
