"""Enough of JSON Schema for our own schemas (app/analysis/schema), without a package: type, const, enum, required, properties,
additionalProperties, items, minItems, maxItems, minLength, minimum, maximum, pattern, oneOf, allOf, not, if, $ref into $defs. A
keyword it does not know is an error, so that no rule goes unheld."""
import re

SAID = {"$schema", "$id", "$defs", "title", "description", "then", "else"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def has_type(value, name):
    if name in ("number", "integer"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def violations(value, schema, root=None, path=""):
    """One line a violation, with its path; empty: valid."""
    root = root or schema
    out = []
    say = lambda what: out.append(f"{path or '/'}: {what}")
    for key, rule in schema.items():
        if key in SAID:
            continue
        if key == "$ref":
            out += violations(value, root["$defs"][rule.removeprefix("#/$defs/")], root, path)
        elif key == "type":
            if not any(has_type(value, t) for t in ([rule] if isinstance(rule, str) else rule)):
                say(f"{value!r} is not {rule}")
        elif key == "const":
            if value != rule:
                say(f"{value!r} is not {rule!r}")
        elif key == "enum":
            if value not in rule:
                say(f"{value!r} is none of {rule}")
        elif key == "required":
            if isinstance(value, dict):
                out += [f"{path}/{name}: is missing" for name in rule if name not in value]
        elif key == "properties":
            for name, inner in rule.items():
                if isinstance(value, dict) and name in value:
                    out += violations(value[name], inner, root, f"{path}/{name}")
        elif key == "additionalProperties":
            if rule is not False and not isinstance(rule, dict):
                raise ValueError(f"additionalProperties {rule!r} is not known here")
            for name in set(value) - set(schema.get("properties", {})) if isinstance(value, dict) else ():
                out += [f"{path}/{name}: is too many"] if rule is False else violations(value[name], rule, root, f"{path}/{name}")
        elif key == "items":
            for i, item in enumerate(value if isinstance(value, list) else ()):
                out += violations(item, rule, root, f"{path}/{i}")
        elif key in ("minItems", "maxItems"):
            if isinstance(value, list) and (len(value) < rule if key == "minItems" else len(value) > rule):
                say(f"has {len(value)} items, {key} is {rule}")
        elif key == "if":
            branch = "else" if violations(value, rule, root, path) else "then"
            out += violations(value, schema.get(branch, {}), root, path)
        elif key == "not":
            if not violations(value, rule, root, path):
                say("is what it must not be")
        elif key == "allOf":
            for one in rule:
                out += violations(value, one, root, path)
        elif key == "oneOf":
            if sum(not violations(value, one, root, path) for one in rule) != 1:
                say("is not exactly one of what it may be")
        elif key == "minLength":
            if isinstance(value, str) and len(value) < rule:
                say(f"is shorter than {rule}")
        elif key == "pattern":
            if isinstance(value, str) and not re.search(rule, value):
                say(f"{value!r} does not look like {rule}")
        elif key in ("minimum", "maximum"):
            if has_type(value, "number") and (value < rule if key == "minimum" else value > rule):
                say(f"{value} is beyond the {key} {rule}")
        else:
            raise ValueError(f"the keyword {key} is not known here")
    return out
