"""The web application: pages that read input, call a service and show what comes back."""
