"""Quality of the data: duplicates found, merged and taken apart again, files taken in."""
