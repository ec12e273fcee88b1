# SPDX-License-Identifier: Apache-2.0
"""Synthetic rooms in the official files of data sets.

Written from the data sets' documentation and never from the importers, with which this package
shares no code: what both get wrong in the same way is the only thing a round trip cannot see.
"""

from support.exporters.arkitscenes import export_arkitscenes
from support.exporters.own import export_own
from support.exporters.scannet import export_scannet
from support.exporters.scannetpp import export_scannetpp
from support.exporters.shared import Faults
from support.exporters.vsibench import export_vsibench

__all__ = [
    "Faults",
    "export_arkitscenes",
    "export_own",
    "export_scannet",
    "export_scannetpp",
    "export_vsibench",
]
