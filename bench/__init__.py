"""Measurements: ``make bench`` prints them as tables and writes them to ``bench.json``.

That file is a list of figures (`bench.figure.Figure`), each with ``name``, ``value``, ``unit``, ``goal``, ``met``,
``note`` and ``facts``. The figure ``<function>: processor for an event`` has as its facts what an event takes of a
function: ``cpu_ms``, milliseconds of a whole processor; ``parts_ms``, what these are spent on; ``calls`` of services by
operation; ``invocations``; ``waits_ms`` and, by ``memory``, milliseconds and dollars of a million.
"""
