"""A conversation's mail: what the customer sent, what goes back, which buttons count, whose photo is whose.

Everything lives in Redis (6.2 is enough), so that any process may append and a restart loses nothing.
No personal number is kept here: texts hold vault tokens.
"""
