"""Mutation testing of the corpus: break a client at every point of its syntax tree, and see whether a scenario fails."""
