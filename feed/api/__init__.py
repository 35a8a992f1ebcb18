"""The REST door of the feed and of webhooks."""
