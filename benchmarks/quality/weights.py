"""Sets the weights of `app.core.weighing.confidence` on answers to the fit side: a logistic regression.

    python -m benchmarks.quality … --side fit --json fit.json
    python -m benchmarks.quality.weights fit.json

A false alert weighs more than a miss. No ground may count against a match but the two that say that
much was free to fit.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from app.core.weighing.confidence import STILL, VIDEO

FALSE_WEIGHS = 3.0
RIDGE = 0.3
AGAINST = {"apart", "turned"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the weights for videos and for stills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", type=Path, nargs="+")
    chosen = parser.parse_args(arguments)
    answers = [each for path in chosen.answers for each in json.loads(path.read_text())]
    for name, weights in (("VIDEO", VIDEO), ("STILL", STILL)):
        names = [each for each in weights if each != "bias"]
        rows, true = _rows(answers, names)
        print(f"# {len(rows)} runs, {int(true.sum())} of them true")
        print(f"{name} = {json.dumps(_fitted(rows, true, names), indent=4)}")
    return 0


def _rows(answers: list[dict[str, Any]], names: list[str]) -> tuple[Any, Any]:
    """Give the grounds of everything that was found and has just these grounds, and what is true."""
    rows, true = [], []
    for answer in answers:
        wanted = {truth["known"] for truth in answer["truths"]}
        for found in answer["found"]:
            if set(found["grounds"]) == set(names):
                rows.append([found["grounds"][name] for name in names])
                true.append(found["known"] in wanted)
    return np.array(rows, float).reshape(-1, len(names)), np.array(true, float)


def _fitted(rows: Any, true: Any, names: list[str]) -> dict[str, float]:
    """Fit by penalised likelihood within signs."""
    weigh = np.where(true > 0, 1.0, FALSE_WEIGHS)

    def loss(values: Any) -> Any:
        score = values[0] + rows @ values[1:]
        fit = np.logaddexp(0, -np.where(true > 0, score, -score))
        return float((weigh * fit).sum() + RIDGE * (values[1:] ** 2).sum() / 2)

    bounds = [(None, None), *((None, 0) if n in AGAINST else (0, None) for n in names)]
    found = minimize(loss, np.zeros(len(names) + 1), method="L-BFGS-B", bounds=bounds)
    return {n: round(float(v), 2) for n, v in zip(["bias", *names], found.x, strict=True)}


if __name__ == "__main__":
    sys.exit(main())
