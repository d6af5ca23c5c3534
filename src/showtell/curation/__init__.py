"""Data care: pictures and classes that deserve a second look."""
