"""What the assistant does: thin actions that read the turn, call the core and answer with response names."""
