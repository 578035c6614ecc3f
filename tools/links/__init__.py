"""`make check-links`: no link of a Markdown page leads nowhere."""
