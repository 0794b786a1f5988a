"""Fake servers for applications: rule files, presets, ``serve``, ``record``, and what the pytest fixtures share."""
