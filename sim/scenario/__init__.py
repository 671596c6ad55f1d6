"""Files that say what to run: loads now, scripted scenarios beside them."""
