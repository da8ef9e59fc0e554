"""What Jamwire costs: at rest, by the synthesised templates, and for each webhook, by what its code asks of AWS."""
