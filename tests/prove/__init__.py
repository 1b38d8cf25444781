"""`make prove`: what is random or long. Each part draws from a seed and keeps its newest result in docs/proof."""
