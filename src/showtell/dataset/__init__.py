"""Datasets: a folder of class folders of pictures, with its changes and their history."""

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example, Problem

__all__ = ["Dataset", "Example", "Problem"]
