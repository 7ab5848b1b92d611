// Package ses sends the desk's mail through Amazon SES (API v2). It stands apart from
// the channel so that nothing that only receives links the SDK.
//
// The MIME is built here with the standard library rather than with enmime's builder:
// what goes out must be the same bytes for the same message (a test can then hold it),
// and the builder draws boundaries at random and reads the clock.
//
// SES may replace Message-ID by its own: the id it answers with is the outcome's
// ProviderID, and a customer's In-Reply-To may name either.
package ses
