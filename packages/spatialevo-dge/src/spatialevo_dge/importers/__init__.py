# SPDX-License-Identifier: Apache-2.0
"""Importers: from a data set's own official files to a `Scene`, nothing invented on the way."""

from spatialevo_dge.importers.scan_frames import ScanOptions
from spatialevo_dge.importers.scannet import ScanNetOptions, import_scannet
from spatialevo_dge.importers.selection import FrameSelection, SelectBy
from spatialevo_dge.importers.vsibench import import_vsibench

__all__ = [
    "FrameSelection",
    "ScanNetOptions",
    "ScanOptions",
    "SelectBy",
    "import_scannet",
    "import_vsibench",
]
