# SPDX-License-Identifier: Apache-2.0
"""Reading replies as each benchmark prescribes, with named corrections of what is misread."""

from spatialevo_eval.replies.corrections import (
    CORRECTIONS,
    Correction,
    Found,
    Reading,
    carefully,
    corrected,
)

__all__ = ["CORRECTIONS", "Correction", "Found", "Reading", "carefully", "corrected"]
