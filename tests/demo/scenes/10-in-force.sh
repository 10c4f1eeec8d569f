# SPDX-License-Identifier: MIT
# in-force - a first policy is checked and applied.

scene 'the policy is checked: no faults'
run sereno check
expect_outcome 0

scene 'the policy is applied'
run sereno apply
expect_outcome 0
expect_event '^policy\.applied '
