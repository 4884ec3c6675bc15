"""What benchmarks are measured on and beside: data that nobody made, and the questions in SQL."""
