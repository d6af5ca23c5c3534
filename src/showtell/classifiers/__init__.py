"""Classifiers on feature vectors, and how familiar a picture is."""
