"""The selection of key customers on the demo company, by clicks alone in a real browser: slow, run by bin/story."""
