"""The kernel: which places on which days in which order, by whole numbers alone; pure, repeatable, compilable."""
