"""Intake: files to checked entries."""
