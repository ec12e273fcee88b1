# SPDX-License-Identifier: Apache-2.0
"""Importers: from a data set's own official files to a `Scene`, nothing invented on the way."""

from spatialevo_dge.importers.arkitscenes import ARKitScenesOptions, import_arkitscenes
from spatialevo_dge.importers.made_images import save_import
from spatialevo_dge.importers.own_scene import import_own
from spatialevo_dge.importers.scan_frames import ScanOptions
from spatialevo_dge.importers.scannet import ScanNetOptions, import_scannet
from spatialevo_dge.importers.scannetpp import ScanNetPPOptions, import_scannetpp
from spatialevo_dge.importers.scannetpp_frames import Capture
from spatialevo_dge.importers.selection import FrameSelection, SelectBy
from spatialevo_dge.importers.vsibench import import_vsibench

__all__ = [
    "ARKitScenesOptions",
    "Capture",
    "FrameSelection",
    "ScanNetOptions",
    "ScanNetPPOptions",
    "ScanOptions",
    "SelectBy",
    "import_arkitscenes",
    "import_own",
    "import_scannet",
    "import_scannetpp",
    "import_vsibench",
    "save_import",
]
