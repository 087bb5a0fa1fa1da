"""The sections of the form, each from what is known of the book."""
