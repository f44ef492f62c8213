"""The closed vocabulary of what is published and nowhere else."""

from enum import StrEnum


class DigitalSource(StrEnum):
    """How a file was made, as itself or its source discloses, in schema.org's terms (after IPTC)."""

    ALGORITHMIC = "AlgorithmicMediaDigitalSource"
    COMPOSITE_SYNTHETIC = "CompositeSyntheticDigitalSource"
    COMPOSITE_WITH_TRAINED = "CompositeWithTrainedAlgorithmicMediaDigitalSource"
    DIGITAL_CAPTURE = "DigitalCaptureDigitalSource"
    SCREEN_CAPTURE = "ScreenCaptureDigitalSource"
    TRAINED_ALGORITHMIC = "TrainedAlgorithmicMediaDigitalSource"
    VIRTUAL_RECORDING = "VirtualRecordingDigitalSource"
