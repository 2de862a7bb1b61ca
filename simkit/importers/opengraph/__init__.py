"""Graphs that collectors of BloodHound write (OpenGraph), in and out."""
