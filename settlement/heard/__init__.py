"""What customers said and what came of it, without anything personal: material for trainers."""
