"""Project credits and carbon tickets: products, projects, and the journal of what was issued."""
