// Package lambdaevent turns the events AWS Lambda hands to a function into the desk's
// plain types, and the desk's answers into what Lambda expects back. It is the only
// place outside the functions that knows the shape of these events, and the local
// runner uses the same code the other way round.
//
// Shapes: AWS, "Working with AWS Lambda proxy integrations for HTTP APIs" (payload
// format 2.0), "Using Lambda with Amazon SQS", "Using Lambda with DynamoDB".
package lambdaevent

import "errors"

// Errors of this package, found with errors.Is. Their texts hold nothing of the event.
var (
	// ErrMalformed: the event is not what AWS sends, or a record of the stream is not
	// an item of the desk's table.
	ErrMalformed = errors.New("lambdaevent: malformed")
	// ErrTooLarge: the response is over MaxPayload and Lambda would refuse it.
	ErrTooLarge = errors.New("lambdaevent: response too large")
)

// MaxPayload is the largest request or response of a synchronous invocation, in bytes
// of its JSON (AWS: "Lambda quotas", 6 MB each way).
const MaxPayload = 6 * 1024 * 1024
