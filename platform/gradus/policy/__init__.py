"""The rule language: parse, normalise, compile, explain."""
