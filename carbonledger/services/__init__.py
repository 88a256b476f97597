"""Actions that the pages and the command line share: input is checked here, never in a page."""
