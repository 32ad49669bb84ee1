"""Every table and column of Records, in one place.

`tests/limits/schema.lock` lists them all: no column may hold a person. Ids are made from content (`content_id`), so that
saving twice changes nothing; columns that end in `_at` are the only ones that differ between two runs over the same world.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

metadata = sa.MetaData()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC in the database: SQLite keeps no offset."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without an offset cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


outlets = sa.Table(
    "outlets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("home", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("legal_name", sa.Text, nullable=False),
    sa.Column("imprint", sa.Text, nullable=False),
    sa.Column("controller", sa.Text, nullable=False),
    sa.Column("feeds", sa.JSON, nullable=False),
    sa.Column("sitemaps", sa.JSON, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("min_stories_per_day", sa.Integer),
    sa.Column("speaks_for", sa.JSON, nullable=False),
    sa.Column("verified", sa.Boolean, nullable=False),
)

passes = sa.Table(
    "passes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("crawled_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
)

# The crawl's queue and its memory. A page that failed is `quarantined` here: its address and the reason, never its bytes.
frontier = sa.Table(
    "frontier",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("etag", sa.Text, nullable=False, server_default=""),
    sa.Column("last_modified", sa.Text, nullable=False, server_default=""),
    sa.Column("listed_title", sa.Text, nullable=False, server_default=""),
    sa.Column("listed_date", UtcDateTime),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("fetched_at", UtcDateTime),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("canonical_url", sa.Text, nullable=False, unique=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("published_date", UtcDateTime),
    sa.Column("date_note", sa.Text, nullable=False, server_default=""),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("analysed_hash", sa.Text, nullable=False, server_default=""),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
)

# `text` goes after 90 days (LIMITS 1); titles, links and cited quotes stay.
story_revisions = sa.Table(
    "story_revisions",
    metadata,
    sa.Column("story_id", sa.Text, sa.ForeignKey("stories.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
)

claim_reviews = sa.Table(
    "claim_reviews",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("claim_reviewed", sa.Text, nullable=False),
    sa.Column("rating", sa.Text, nullable=False),
    sa.Column("rating_text", sa.Text, nullable=False),
    sa.Column("review_url", sa.Text, nullable=False, index=True),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    sa.Column("publisher_kind", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("published_date", UtcDateTime),
    sa.Column("derived", sa.Boolean, nullable=False),
    sa.Column("attributed_to", sa.Text, nullable=False),
    sa.Column("theme", sa.Text),
    # Other published wordings of the same claim: the check's headline and lead.
    sa.Column("wordings", sa.JSON, nullable=False),
    sa.Column("story_id", sa.Text, index=True),
    # False until the scope has been looked at: a check on an out-of-scope subject is then removed, never indexed (LIMITS 4).
    sa.Column("examined", sa.Boolean, nullable=False),
)

# Written in the transaction that changes a row, emptied after the index has committed: a kill between the two loses nothing.
index_queue = sa.Table(
    "index_queue",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
)

# A new, changed or withdrawn ClaimReview whose stored stories must be matched again.
rematch_queue = sa.Table("rematch_queue", metadata, sa.Column("review_id", sa.Text, primary_key=True))

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("theme", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("review_id", sa.Text),
)

appearances = sa.Table(
    "appearances",
    metadata,
    sa.Column("claim_id", sa.Text, sa.ForeignKey("claims.id"), primary_key=True),
    sa.Column("story_id", sa.Text, sa.ForeignKey("stories.id"), primary_key=True, index=True),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("offset", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("linked", sa.Boolean, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    # Ids of other checks of the same claim that the same passage matches: they add evidence, not a second alert.
    sa.Column("also", sa.JSON, nullable=False),
)

# Claims whose appearances or evidence have changed since the queue was last decided.
decision_queue = sa.Table("decision_queue", metadata, sa.Column("claim_id", sa.Text, primary_key=True))

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("claim_id", sa.Text, sa.ForeignKey("claims.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("publisher_kind", sa.Text, nullable=False),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("independent", sa.Boolean, nullable=False),
    sa.Column("rating", sa.Text),
    sa.Column("speaker", sa.Text, nullable=False),
    sa.Column("published_date", UtcDateTime),
)

# One row for one claim's alert: what the system found (up to `opened_at`), and where people are with it.
alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("claim_id", sa.Text, sa.ForeignKey("claims.id"), nullable=False, unique=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False, server_default="100"),  # 100 - priority: the queue's order is then an index's own
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("independent_evidence", sa.Boolean, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    # Grows with every change, by people or by the system: whoever saves from an older page is told (optimistic locking).
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("assigned_to", sa.Text),
    sa.Column("assessment", sa.JSON),
    sa.Column("rated_by", sa.Text),
    sa.Column("merged_into", sa.Text),
    # The claim's words without marks, for the queue's search; and how many pages repeat it.
    sa.Column("searchable", sa.Text, nullable=False, server_default=""),
    sa.Column("pages", sa.Integer, nullable=False, server_default="0"),
    # The queue in its order, with all that it is filtered and searched by: a page reads fifty rows of it and sorts nothing.
    sa.Index("ix_alerts_urgency", "rank", "opened_at", "id", "status", "theme", "assigned_to", "searchable"),
    sa.Index("ix_alerts_of_status", "status", "rank", "opened_at", "id"),
)

# People's word on whether a page repeats a claim: it outlasts every new analysis.
rulings = sa.Table(
    "rulings",
    metadata,
    sa.Column("claim_id", sa.Text, primary_key=True),
    sa.Column("story_id", sa.Text, primary_key=True),
    sa.Column("repeats", sa.Boolean, nullable=False),
    sa.Column("ruled_at", UtcDateTime, nullable=False),
)

# Passages of published stories that a reviewer put beside a claim.
added_evidence = sa.Table(
    "added_evidence",
    metadata,
    sa.Column("claim_id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("quote", sa.Text, primary_key=True),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
)

# Append-only. The words lie apart: erasing a row of `decision_texts` leaves the chain whole (LIMITS 6).
decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("text_digest", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
decision_texts = sa.Table(
    "decision_texts",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

# The desk's own staff (the only people who are named), and where they are logged in.
staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_digest", sa.Text, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("mailbox", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("daily_cap", sa.Integer, nullable=False),
    sa.Column("muted_until", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
logins = sa.Table(
    "logins",
    metadata,
    sa.Column("token_digest", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, nullable=False, index=True),
    sa.Column("form_key", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)
resets = sa.Table(
    "resets",
    metadata,
    sa.Column("token_digest", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, nullable=False, index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)
saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
)
# Was this alert worth opening? One answer a person; what the weekly precision is made of.
alert_feedback = sa.Table(
    "alert_feedback",
    metadata,
    sa.Column("alert_id", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("useful", sa.Boolean, nullable=False),
    sa.Column("given_at", UtcDateTime, nullable=False),
)
# E-mails to staff: an id, a theme and a login link, never a claim (LIMITS 6). `subject`: an alert's id, or the day or week of a digest.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try_at", UtcDateTime, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
)

# How the parts of an alert's priority weigh: every change is a new row.
priority_weights = sa.Table(
    "priority_weights",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("weights", sa.JSON, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
)

# What two people approved, as it stands in public, and every version that stood there.
corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("claim_id", sa.Text, nullable=False, unique=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("published_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
    sa.Column("body", sa.JSON, nullable=False),
)
correction_versions = sa.Table(
    "correction_versions",
    metadata,
    sa.Column("correction_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

# Newsrooms: an organisation, what it wants, and where to. A queue for each destination.
destinations = sa.Table(
    "destinations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subscriber", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("themes", sa.JSON, nullable=False),
    # Corrections, and which editions of the briefing.
    sa.Column("wants", sa.JSON, nullable=False, server_default='["corrections"]'),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("token_digest", sa.Text, nullable=False, index=True),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
# `correction_id`: a correction's, with its revision; or an edition's of the briefing, with revision 0.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("destination_id", sa.Text, nullable=False),
    sa.Column("correction_id", sa.Text, nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try_at", UtcDateTime, nullable=False),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("receipt", sa.Text, nullable=False),
    sa.Column("failure", sa.Text, nullable=False),
    sa.Index("ix_deliveries_waiting", "state", "next_try_at"),
)

# For `/sources`: what is loaded now (a fingerprint each), and every change of it.
source_states = sa.Table(
    "source_states",
    metadata,
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
)
source_changes = sa.Table(
    "source_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)

# 72 hours at most, outside back-ups and search (LIMITS 3).
tips = sa.Table(
    "tips",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False, index=True),
)

# What became of a tip, under the digest of a code that only the sender holds. No text; gone after 90 days.
tip_receipts = sa.Table(
    "tip_receipts",
    metadata,
    sa.Column("code_digest", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("tip_id", sa.Text, nullable=False, index=True),
    sa.Column("claim_id", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

# Where each story stands in press clipping: what it is about, and which cluster it belongs to. `copy_of`: the story whose text it repeats.
shelf = sa.Table(
    "shelf",
    metadata,
    sa.Column("story_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("moment", UtcDateTime, nullable=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("theme", sa.Text),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("sectors", sa.JSON, nullable=False),
    sa.Column("watchlists", sa.JSON, nullable=False),
    sa.Column("cluster_id", sa.Text, nullable=False, index=True),
    sa.Column("copy_of", sa.Text),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("shelved_hash", sa.Text, nullable=False),
    sa.Index("ix_shelf_day", "day", "outlet"),
    sa.Index("ix_shelf_moment", "moment"),
)

# Stories that are new or changed since they were shelved; written in the transaction that saves them.
shelf_queue = sa.Table("shelf_queue", metadata, sa.Column("story_id", sa.Text, primary_key=True))

# A cluster keeps the id that its first story gave it; merged into another it stays as a row that says so.
clusters = sa.Table(
    "clusters",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("first_story", sa.Text, nullable=False),
    sa.Column("first_moment", UtcDateTime, nullable=False),
    sa.Column("merged_into", sa.Text),
)
# Every merge and split, by the system or a person, with the stories that moved: enough to undo it.
cluster_changes = sa.Table(
    "cluster_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("cluster_id", sa.Text, nullable=False, index=True),
    sa.Column("other_id", sa.Text, nullable=False, index=True),
    sa.Column("stories", sa.JSON, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("undone", sa.Boolean, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)
# A person has parted them: the system never joins this story to this cluster again.
kept_apart = sa.Table(
    "kept_apart",
    metadata,
    sa.Column("story_id", sa.Text, primary_key=True),
    sa.Column("cluster_id", sa.Text, primary_key=True),
)

# Stories and clusters by day. Subjects that are listed only have no rows (LIMITS 9), and neither have their stories in themes and watchlists.
volumes = sa.Table(
    "volumes",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("stories", sa.Integer, nullable=False),
    sa.Column("clusters", sa.Integer, nullable=False),
    sa.Index("ix_volumes_day", "day"),
)

watchlists = sa.Table(
    "watchlists",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("sectors", sa.JSON, nullable=False),
    sa.Column("subjects", sa.JSON, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)
watchlist_terms = sa.Table(
    "watchlist_terms",
    metadata,
    sa.Column("watchlist_id", sa.Text, primary_key=True),
    sa.Column("term", sa.Text, primary_key=True),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("confirmed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
    sa.Column("confirmed_at", UtcDateTime),
)

# What the office itself entered for the briefing: a day, a line, no person.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
)

# One pass over one outlet, in numbers: what source health is read from.
collected = sa.Table(
    "collected",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("outlet", sa.Text, primary_key=True),
    sa.Column("passes", sa.Integer, nullable=False),
    sa.Column("feeds_failed", sa.Integer, nullable=False),
    sa.Column("listed", sa.Integer, nullable=False),
    sa.Column("parsed", sa.Integer, nullable=False),
    sa.Column("read", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("undated", sa.Integer, nullable=False),
    sa.Column("future_dated", sa.Integer, nullable=False),
)

# A briefing once made is never made again: the same edition is the same bytes for ever.
editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("frozen_at", UtcDateTime, nullable=False),
    sa.Index("ix_editions_day", "kind", "day"),
)

# How often a public claim is said again in public posts, or denied: a number a day and platform class, from ten on (LIMITS 2). `said`: repeat or denial.
repeat_counts = sa.Table(
    "repeat_counts",
    metadata,
    sa.Column("claim_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("said", sa.Text, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.CheckConstraint("times >= 10", name="ten_and_more"),
)
