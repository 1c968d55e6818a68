"""One module a source, all of one shape: collect raw material → records."""
