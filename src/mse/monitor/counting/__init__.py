"""From a register or small cubes to every figure: entries, counts, rows, texts."""
