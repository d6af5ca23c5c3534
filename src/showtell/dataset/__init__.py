"""Datasets: a folder of class folders of pictures, its history and its changes."""

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example, Problem

__all__ = ["Dataset", "Example", "Problem"]
