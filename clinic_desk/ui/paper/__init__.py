"""What is put on paper: sheets, their preview, the printer, and the paper lifeboat."""
