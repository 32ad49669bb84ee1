"""`python -m kiemtin` is `kiemtin`."""

from kiemtin.cli import main

main()
