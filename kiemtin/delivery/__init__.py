"""The way out for what two people approved: mail, webhook, folder; and notices to staff, which hold nothing of a claim."""
