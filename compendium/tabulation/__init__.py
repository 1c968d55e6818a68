"""Records to tables: the expressions, the engines that run them, and the build."""
