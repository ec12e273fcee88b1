# SPDX-License-Identifier: Apache-2.0
"""Agreement with lmms-eval, reply by reply: `nox -s agreement`."""
