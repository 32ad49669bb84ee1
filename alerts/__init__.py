"""From matches and evidence to the queue. Pure: what is decided here is applied by `kiemtin.pipeline`."""
