"""The studio's page over HTTP and websockets, on this machine or to phones nearby."""
