# SPDX-License-Identifier: Apache-2.0
"""Runs as one page that needs no network, and as Markdown for a paper or a pull request."""

from __future__ import annotations

from spatialevo_eval.report.write import write_report

__all__ = ["write_report"]
