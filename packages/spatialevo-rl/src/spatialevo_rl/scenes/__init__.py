# SPDX-License-Identifier: Apache-2.0
"""Scenes: where they come from, which of them train, what is asked of which view, and the judging.

store -view, scheduler-> Assignment -questioner-> completions -oracle pool-> Proposal
"""
