"""Policies as people write them: JSON or YAML, with all faults, where each is, and what to write instead."""
