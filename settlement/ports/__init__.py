"""The core's ports to the outside: text messages, the futures company's counter system, stored images.

Each port is a protocol with a local stand-in, which refuses production, and a real implementation.
"""
