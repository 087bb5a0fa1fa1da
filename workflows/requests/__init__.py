"""Requests students file and instructors decide."""
