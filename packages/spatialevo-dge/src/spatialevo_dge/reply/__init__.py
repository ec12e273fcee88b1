# SPDX-License-Identifier: Apache-2.0
"""Reading replies: free text to a typed answer, or to nothing."""

from spatialevo_dge.reply.reading import Reading, read, read_reply

__all__ = ["Reading", "read", "read_reply"]
