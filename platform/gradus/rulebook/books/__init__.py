"""Books in the back office: drafts, the page before a publish, versions."""
