# SPDX-License-Identifier: Apache-2.0
"""These tests need torch and transformers: they are left out where they are not installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") and find_spec("transformers") else ["test_*.py"]
