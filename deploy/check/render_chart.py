"""Lints the Helm chart, and prints what it renders to: render_chart.py CHART [VALUES, as JSON].

Runs in deploy/check/.venv. Ends with 1, and says why, where Helm finds more than hints.
"""

import json
import sys

from helm_python.chart import Chart, lint

WARNING = 2


def main(folder: str, values: str = "{}") -> int:
    report = lint(folder, json.loads(values), strict=True, namespace="facepass")
    problems = [message for message in report["messages"] if message["severity"] >= WARNING]
    if problems or report["errors"]:
        print(problems, report["errors"], file=sys.stderr)
        return 1
    rendered = Chart.load(folder).render(json.loads(values), name="facepass", namespace="facepass", revision=1)
    print("\n---\n".join(text for name, text in sorted(rendered.items()) if name.endswith(".yaml")))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
