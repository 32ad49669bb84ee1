"""The web desk: where people decide. Routes are thin; what they do is `kiemtin.pipeline`'s, what they show is in `templates/`."""
