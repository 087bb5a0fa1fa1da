"""Rules as people see them: the matrix, the diagram, what one person may do, and why not."""
