"""Exercises with checks that answer in words, a file a chapter."""
