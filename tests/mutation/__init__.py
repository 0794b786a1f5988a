"""Mutation testing of the corpus: a client is broken at each point of its syntax tree; does a scenario fail?"""
