"""Works made up in the shape of OpenAlex's, for tests and for measuring."""
