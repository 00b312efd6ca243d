"""Pages for trainers: what customers said, what to make of it, and figures; nothing personal."""

from console.training.changes import pages as changes_pages
from console.training.figures import pages as figures_pages
from console.training.review import pages as review_pages

PAGES = (review_pages, changes_pages, figures_pages)
