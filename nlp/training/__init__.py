"""How the artefacts in `models/` were learnt: `python -m nlp.training --corpus DIR`. Needs the `dev` dependencies; nothing here runs in production."""
