"""What a customer signed, as paper that proves itself: PDFs, signatures, bundles, and their checking."""
