"""The form over a book: what its text says as inputs, and each change of an input as a change of the text."""
