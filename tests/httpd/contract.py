# SPDX-License-Identifier: Apache-2.0
"""The contract of the service as a judge of answers: the status is one that the operation names,
the body is of a media type and a schema that stand there, and no field goes unmentioned."""
import copy
import re

import jsonschema

PROBLEM = "application/problem+json"


def close(schema):
    """The schema with every object closed that tells its fields, in place."""
    if isinstance(schema, list):
        for one in schema:
            close(one)
    elif isinstance(schema, dict):
        for one in schema.values():
            close(one)
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)


class Contract:
    def __init__(self, document):
        self.document = document
        self.closed = copy.deepcopy(document)
        close(self.closed["components"]["schemas"])
        close(self.closed["paths"])
        self.resolver = jsonschema.RefResolver.from_schema(self.closed)
        self.judged = set()  # operation, status, media type

    def operations(self):
        """Method, path and operation, each."""
        for path, methods in self.closed["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and "responses" in operation:
                    yield method.upper(), path, operation

    def operation(self, method, path):
        """The one that answers a path, of those with fewest holes."""
        path = path.split("?")[0]
        found = [
            (template.count("{"), operation)
            for wanted, template, operation in self.operations()
            if wanted == ("GET" if method == "HEAD" else method)
            and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
        ]
        assert found, f"the contract does not name {method} {path}"
        return min(found, key=lambda one: one[0])[1]

    def media(self, operation, status):
        """What the contract names for a status: a schema for each media type."""
        answer = operation["responses"].get(str(status))
        assert answer, f"{operation['operationId']} does not name {status}"
        if "$ref" in answer:
            answer = self.resolver.resolve(answer["$ref"])[1]
        return {kind: told.get("schema", {}) for kind, told in answer.get("content", {}).items()}

    def validate(self, value, schema, what):
        judge = jsonschema.Draft202012Validator(
            schema, resolver=self.resolver, format_checker=jsonschema.draft202012_format_checker
        )
        wrong = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
            for error in judge.iter_errors(value)
        ]
        assert not wrong, f"{what}:\n" + "\n".join(wrong)

    def check(self, method, path, answer):
        """Hold an answer against its operation; the answer again."""
        operation = self.operation(method, path)
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        media = self.media(operation, answer.status_code)
        what = f"{method} {path} {answer.status_code} {kind}"
        self.judged.add((operation["operationId"], answer.status_code, kind))
        if answer.status_code >= 400 and kind == "text/html":
            return answer  # a browser's page
        if media:
            assert kind in media, what
        if kind.endswith("json"):
            self.validate(answer.json(), media[kind], what)
        if kind == PROBLEM:
            body = answer.json()
            assert body["status"] == answer.status_code, what
            assert body["type"] == "urn:bloodtest:error:" + body["code"], what
        return answer
