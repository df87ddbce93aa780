"""placeholder"""
def docstring(row, form, name): return name
