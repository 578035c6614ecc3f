"""What is published: built so that anybody gets the same bytes, and tested with no repository around."""
