# SPDX-License-Identifier: Apache-2.0
"""What a run that has begun shows of an error."""

import pytest

from spatialevo_rl.cli.errors import resumable, running
from spatialevo_rl.json_records import RecordError


def test_a_damaged_file_is_a_persons_matter_and_any_other_value_error_a_defect() -> None:
    with pytest.raises(RecordError, match=r"line 3"), running():
        raise RecordError("questions.jsonl, line 3", "answer", "'3', but the oracle says '1'")
    with pytest.raises(RuntimeError, match="the run stopped: shapes"), running():
        raise ValueError("shapes")


def test_what_the_keyboard_stops_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["x/__main__.py", "ouroboros", "--output_dir", "a run"])
    with pytest.raises(KeyboardInterrupt), resumable():
        raise KeyboardInterrupt
    told = "Interrupted. The same command goes on: spatialevo-rl ouroboros --output_dir 'a run'\n"
    assert capsys.readouterr().err == told
