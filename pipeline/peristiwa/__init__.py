"""Peristiwa: Indonesian documents in, citable event records out."""
