"""How the artefacts in `models/` are learnt: `kiemtin train --corpus DIR`. Nothing here runs in production."""
