"""The weights of `nlp.rebuttal`: logistic regression over n-grams of stories that repeat a claim and stories that deny it."""

from collections.abc import Sequence

from nlp.rebuttal import grams
from nlp.training.examples import Told

THRESHOLD = 0.6
_MIN_STORIES = 3  # an n-gram must stand in as many stories
_C = 0.1
_SMALLEST = 0.02  # weights below it are left out of the artefact


def learn_rebuttal(told: Sequence[Told]) -> dict[str, object]:
    """The artefact `rebuttal/weights.json`. Denials and repeats weigh the same in all."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    kept = [one for one in told if one.reading.marked]
    texts = [frozenset(grams([one.reading.title, *one.reading.profiles], one.claim)) for one in kept]
    counter = CountVectorizer(analyzer=sorted, min_df=_MIN_STORIES, binary=True)
    table = counter.fit_transform(texts)
    model = LogisticRegression(C=_C, max_iter=1000, class_weight="balanced").fit(table, [one.denies for one in kept])
    named = zip(counter.get_feature_names_out(), model.coef_[0], strict=True)
    weights = {str(name): round(float(weight), 4) for name, weight in named if abs(weight) >= _SMALLEST}
    return {"bias": round(float(model.intercept_[0]), 4), "threshold": THRESHOLD, "weights": weights}
