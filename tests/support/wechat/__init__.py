"""A WeChat platform of our own: it signs, encrypts, loses patience, counts and refuses as the real one."""
