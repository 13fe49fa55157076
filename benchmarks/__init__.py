"""Speed and memory of the product, side by side with what one would pick instead, in the same run."""
