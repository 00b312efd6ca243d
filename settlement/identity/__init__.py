"""What identifies a customer: ID number, name, telephone number, validity of the card; a company's code."""
