# SPDX-License-Identifier: Apache-2.0
"""The lab's rooms are the oracle's small painted ones, which its evaluation asks about too."""

from spatialevo_dge.synthetic.painted import IMAGE_SIZE, LABELS, PAINT
from spatialevo_dge.synthetic.painted import make_painted_room as make_lab_room
from spatialevo_dge.synthetic.painted import painted_options as lab_options

__all__ = ["IMAGE_SIZE", "LABELS", "PAINT", "lab_options", "make_lab_room"]
