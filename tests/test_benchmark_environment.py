"""A benchmark measures the desk that it starts, not the one that its caller has set up."""

import os

import pytest

from benchmarks import environment

SETTINGS = {
    "DATABASE_URL": "sqlite:///elsewhere.db",
    "PROVENANCE_DATA_DIR": "/elsewhere",
    "provenance_port": "1",
}


def test_no_setting_of_the_caller_reaches_a_benchmarks_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", {"KEPT": "yes"} | SETTINGS)
    assert environment.clean_environment() == {"KEPT": "yes"}
    environment.clean()
    assert os.environ == {"KEPT": "yes"}
