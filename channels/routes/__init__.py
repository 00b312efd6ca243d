"""What the gateway answers over HTTP; one module a concern. ``docs/http.md`` tells callers."""
