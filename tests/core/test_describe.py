from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import pytest

from app.core.describe import MODEL_PACKAGE, SIDE, SscdDescriber, unit
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
