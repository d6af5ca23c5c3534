"""Pictures: decoding, cutting, varying, measuring, drawing."""
