"""A newsletter: letters wait in the database until they are delivered, or refused for good."""
