# SPDX-License-Identifier: Apache-2.0
"""The Ouroboros loop: a frozen proposer writes questions with programs, the solver learns them.

    visits --propose--> proposals --run--> truths --filter--> samples --train--> confidences
       ^                                                                             |
       +------------- feedback <--label: easy, frontier, hard -----------------------+

A round is these phases, each sealed as a file before the next one begins (`rounds`). Everything
here is pure; the models are in `spatialevo_rl.train.ouroboros`.
"""
