"""Setting up and starting: standard library only, since it runs before any environment exists."""
