# SPDX-License-Identifier: Apache-2.0
"""The demo: a room, a picture of it, and a legal and an illegal question of every task."""
