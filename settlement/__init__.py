"""The core: everything the business knows, and nothing of how a customer reaches it.

It imports no framework: neither Rasa, nor Sanic, nor the packages built on it.
"""
