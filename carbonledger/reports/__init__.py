"""Reports: number formatting, the workbook, what the console prints."""
