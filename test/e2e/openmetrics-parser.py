"""Reads OpenMetrics pages, one JSON string per line, and prints the families or the error of each as a line."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def number(value):
    """JSON has no NaN and no infinities, so numbers are text, spelled as in JavaScript."""
    return repr(float(value)).replace("nan", "NaN").replace("inf", "Infinity")


def value(found):
    return {
        "labels": found.labels,
        "value": number(found.value),
        "timestamp": None if found.timestamp is None else number(found.timestamp),
    }


def sample(found):
    exemplar = None if found.exemplar is None else value(found.exemplar)
    return {"name": found.name, **value(found), "exemplar": exemplar}


def family(found):
    return {
        "name": found.name,
        "type": found.type,
        "help": found.documentation,
        "unit": found.unit,
        "samples": [sample(each) for each in found.samples],
    }


def answer(page):
    try:
        return {"families": [family(each) for each in text_string_to_metric_families(page)]}
    except Exception as error:  # It has no class of its own for a bad page.
        return {"error": repr(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
