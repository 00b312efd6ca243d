"""The Official Account and WeCom, against a simulated platform."""
