import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core.fingerprints.describe import MODEL_PACKAGE, SIDE, SscdDescriber, unit
from app.core.fingerprints.onnx import ort
from tests.filming import picture


@pytest.mark.parametrize("model", ["sscd_distilled.onnx", "sscd.onnx"])
def test_vectors_are_those_of_the_model_as_it_is(model: str) -> None:
    spec = find_spec(MODEL_PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / model
    pictures = [picture(seed, (320, 180)) for seed in range(3)]
    squashed = [cv2.resize(p, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for p in pictures]
    plain = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    expected = plain.run(None, {plain.get_inputs()[0].name: np.stack(squashed)})[0]
    assert np.array_equal(SscdDescriber(path).describe(pictures), unit(np.asarray(expected)))


def test_the_model_runtime_leaves_no_trace_of_its_use(tmp_path: Path) -> None:
    """Its telemetry would keep an id of the machine and unsent events under the user's home."""
    inherited = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    homes = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), str(tmp_path))
    program = (
        "from app.core.fingerprints.describe import default_describers; assert default_describers()"
    )
    subprocess.run([sys.executable, "-c", program], env=inherited | homes, check=True)
    assert list(tmp_path.rglob("*")) == []
