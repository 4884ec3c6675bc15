"""Passes over sorted events that numba compiles, one file a question.

They stand apart so that importing metrics does not import numba; an analysis imports its pass inside the
function that needs it.
"""
