"""ONNX Runtime as `ort`, which reports nothing: import it from here alone.

Its official builds tell their maker about each session and mark the machine with an id, unless this
variable is set before they are loaded ("Disabling Telemetry" in the package's Privacy.md). Only a
variable stops it all: the call that turns events off comes after the first of them.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort

__all__ = ["ort"]
