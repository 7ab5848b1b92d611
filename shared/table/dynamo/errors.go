package dynamo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/deskhook/deskhook/shared/table"
)

// kinds are DynamoDB's error codes (API reference, "Common errors" and each action's)
// and the reasons of a cancelled transaction, which are the same without "Exception".
// What is not here is an error of unknown outcome.
var kinds = map[string]error{
	"ConditionalCheckFailed":          table.ErrConflict,
	"TransactionConflict":             table.ErrConflict,
	"ProvisionedThroughputExceeded":   table.ErrThrottled,
	"RequestLimitExceeded":            table.ErrThrottled,
	"Throttling":                      table.ErrThrottled,
	"ThrottlingError":                 table.ErrThrottled,
	"ItemCollectionSizeLimitExceeded": table.ErrTooLarge,
}

// translate gives an error its kind. The SDK's text is dropped where the kind says it
// all: it can quote what was written.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if cancelled := (*types.TransactionCanceledException)(nil); errors.As(err, &cancelled) {
		return reasonOf(cancelled)
	}
	var apiError smithy.APIError
	if !errors.As(err, &apiError) {
		return fmt.Errorf("table/dynamo: %w", err)
	}
	if kind := kindOf(apiError.ErrorCode(), apiError.ErrorMessage()); kind != nil {
		return fmt.Errorf("%w: %s", kind, apiError.ErrorCode())
	}
	return fmt.Errorf("table/dynamo: %w", err)
}

func kindOf(code, message string) error {
	if code == "ValidationException" || code == "ValidationError" {
		if strings.Contains(strings.ToLower(message), "size") {
			return table.ErrTooLarge
		}
		return table.ErrInvalid
	}
	return kinds[strings.TrimSuffix(code, "Exception")]
}

// reasonOf is the most telling of a cancelled transaction's reasons: a condition that
// failed will fail again, while the others may be gone at the next try.
func reasonOf(e *types.TransactionCanceledException) error {
	var kind error
	for _, r := range e.CancellationReasons {
		if k := kindOf(aws.ToString(r.Code), aws.ToString(r.Message)); k != nil && (kind == nil || rank(k) < rank(kind)) {
			kind = k
		}
	}
	if kind == nil {
		return fmt.Errorf("table/dynamo: transaction cancelled: %s", codes(e))
	}
	return fmt.Errorf("%w: %s", kind, codes(e))
}

func rank(kind error) int {
	switch kind {
	case table.ErrInvalid, table.ErrTooLarge:
		return 0
	case table.ErrConflict:
		return 1
	default:
		return 2
	}
}

func codes(e *types.TransactionCanceledException) string {
	var out []string
	for _, r := range e.CancellationReasons {
		if code := aws.ToString(r.Code); code != "" && code != "None" {
			out = append(out, code)
		}
	}
	return strings.Join(out, ", ")
}
