"""Widgets for notebooks: camera, recorder, studio."""
