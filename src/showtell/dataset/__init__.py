"""Datasets: a folder of class folders of pictures, with its changes and their history."""

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example, Problem
from showtell.dataset.pins import Pin

__all__ = ["Dataset", "Example", "Pin", "Problem"]
