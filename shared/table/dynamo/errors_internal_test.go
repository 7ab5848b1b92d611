package dynamo

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

// TestTranslate keeps the table of errors: DynamoDB's codes (API reference, "Errors"
// of each action) to the contract's kinds; what isn't listed has an unknown outcome.
func TestTranslate(t *testing.T) {
	api := func(code, message string) error {
		return fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: code, Message: message})
	}
	kinds := []error{table.ErrConflict, table.ErrThrottled, table.ErrTooLarge, table.ErrInvalid}
	for _, tt := range []struct {
		err  error
		want error
	}{
		{&types.ConditionalCheckFailedException{}, table.ErrConflict},
		{&types.TransactionConflictException{}, table.ErrConflict},
		{&types.ProvisionedThroughputExceededException{}, table.ErrThrottled},
		{&types.RequestLimitExceeded{}, table.ErrThrottled},
		{&types.ThrottlingException{}, table.ErrThrottled},
		{&types.ItemCollectionSizeLimitExceededException{}, table.ErrTooLarge},
		{api("ValidationException", "Item size has exceeded the maximum allowed size"), table.ErrTooLarge},
		{api("ValidationException", "The provided starting key is invalid"), table.ErrInvalid},
		{&types.InternalServerError{}, nil},
		{&types.TransactionInProgressException{}, nil},
		{&types.ResourceNotFoundException{}, nil},
		{errors.New("connection reset"), nil},
		{cancelled("None", "ConditionalCheckFailed"), table.ErrConflict},
		{cancelled("TransactionConflict", "None"), table.ErrConflict},
		{cancelled("ThrottlingError"), table.ErrThrottled},
		{cancelled("ProvisionedThroughputExceeded", "ConditionalCheckFailed"), table.ErrConflict},
		{cancelled("ConditionalCheckFailed", "ItemCollectionSizeLimitExceeded"), table.ErrTooLarge},
		{cancelled("SomethingNew"), nil},
	} {
		got := translate(tt.err)
		require.Error(t, got)
		for _, kind := range kinds {
			require.Equal(t, kind == tt.want, errors.Is(got, kind), "%v", tt.err)
		}
		if tt.want == nil {
			require.NotContains(t, got.Error(), "conflict")
		}
	}
	require.NoError(t, translate(nil))
}

// TestTranslateKeepsText: a kind's error quotes nothing that DynamoDB said of the data.
func TestTranslateKeepsText(t *testing.T) {
	err := translate(&smithy.GenericAPIError{Code: "ValidationException", Message: "size of customer@example.com"})
	require.NotContains(t, err.Error(), "customer")
}

func cancelled(codes ...string) error {
	e := &types.TransactionCanceledException{Message: aws.String("Transaction cancelled")}
	for _, code := range codes {
		e.CancellationReasons = append(e.CancellationReasons, types.CancellationReason{Code: aws.String(code)})
	}
	return fmt.Errorf("operation error DynamoDB: %w", e)
}
