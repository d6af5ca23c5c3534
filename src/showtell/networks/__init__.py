"""Pretrained networks: catalogue, preprocessing, ONNX Runtime, feature extraction."""
