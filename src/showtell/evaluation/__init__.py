"""How well classes are told apart on pictures that were not taught."""
