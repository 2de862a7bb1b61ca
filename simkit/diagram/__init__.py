"""What a picture of a model shows and where, whatever draws it: boxes, lines, boundaries, marks and colours."""
