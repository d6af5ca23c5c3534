"""The studio: what its pages can ask, and what they are told."""
