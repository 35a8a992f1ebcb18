"""Every page of the demo company, opened by every persona in a real browser: slow, run by bin/crawl."""
