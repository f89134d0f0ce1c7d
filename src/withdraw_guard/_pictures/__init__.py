"""Timelines: what happened to an account, drawn as SVG and Mermaid."""
