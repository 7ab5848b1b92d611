// Package export makes the tables that people take away: a row for each ticket, or for
// each answer to a survey, as CSV that a spreadsheet opens as it is.
//
// What stands in a row is what the pages show to whoever asked: in their language, in the
// desk's time zone, of the tickets they may see, with addresses and numbers masked where
// their role has them masked. A cell that a spreadsheet would run as a formula gets an
// apostrophe in front (OWASP, "CSV Injection").
package export
