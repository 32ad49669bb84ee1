"""The made-up world of `kiemtin demo`, served over HTTP like real outlets. Nothing in it happened."""
