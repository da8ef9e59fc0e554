"""The real runtime in a modelled world: every step may crash, be repeated, reordered, throttled, refused or lost.

One schedule is one small world: some events, some subscribers, some faults, run by a seeded scheduler on a virtual clock
until nothing is left to do. Then every accepted event must have ended well (`invariants`). `python -m tests.simulation`
runs as many as one likes; docs/reliability.md tells what the models take from the services' documentation.
"""
