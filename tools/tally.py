# SPDX-License-Identifier: Apache-2.0
"""Add up what nox sessions left in a folder of reports, in one closing line.

A test session leaves a JUnit file and counts by test; a session without tests (lint, types, build)
counts as one, and so does a session that failed.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

OUTCOMES = ("passed", "failed", "skipped")
BY_SEVERITY = ("passed", "skipped", "failed")
OUTCOME_OF_RESULT = {"success": "passed", "skipped": "skipped"}


def of_tests(report: Path) -> Counter[str]:
    """Count the test cases of one JUnit file by outcome."""
    counts: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):
        children = {child.tag for child in case}
        broken = children & {"failure", "error"}
        counts["failed" if broken else "skipped" if "skipped" in children else "passed"] += 1
    return counts


def sessions(reports: list[Path]) -> dict[str, str]:
    """Map each session in nox reports, as `tests(dge)`, to the worst outcome it had."""
    outcomes: dict[str, str] = {}
    for report in reports:
        for session in json.loads(report.read_text(encoding="utf-8"))["sessions"]:
            name = [session["name"], *session["signatures"]][-1]
            outcome = OUTCOME_OF_RESULT.get(session["result"].lower(), "failed")
            outcomes[name] = max(outcome, outcomes.get(name, outcome), key=BY_SEVERITY.index)
    return outcomes


def tally(folder: Path) -> Counter[str]:
    """Count tests, failed sessions, and sessions that have no tests."""
    by_session = {path.stem: of_tests(path) for path in sorted(folder.glob("*.xml"))}
    total = sum(by_session.values(), Counter())
    for name, outcome in sessions(sorted(folder.glob("*.json"))).items():
        counted = by_session.get(name.replace("(", "-").removesuffix(")"), Counter())
        if not counted or (outcome == "failed" and not counted["failed"]):
            total[outcome] += 1
        print(f"{outcome:<8}{name}")
    return total


def main(folder: Path) -> int:
    """Print a line per session and the totals; return 1 where anything failed or nothing ran."""
    total = tally(folder)
    print(", ".join(f"{total[outcome]} {outcome}" for outcome in OUTCOMES))
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
