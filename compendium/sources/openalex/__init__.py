"""OpenAlex: its REST API and its snapshot."""
