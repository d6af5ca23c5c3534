"""The model: learns from a few pictures, answers, explains, saves."""
