package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/deskhook/deskhook/shared/table"
)

// Schema is the table as the engine needs it: on demand, the four indexes, a stream
// with both images. The template declares the same; tests make their tables of this.
// TTL on table.AttrExpires is switched on by a call of its own, UpdateTimeToLive.
func Schema(tableName string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:            &tableName,
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            keySchema(table.Primary),
		AttributeDefinitions: definitions(table.Primary),
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}
	for _, index := range table.Indexes {
		in.AttributeDefinitions = append(in.AttributeDefinitions, definitions(index)...)
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(string(index)), KeySchema: keySchema(index), Projection: projection(index),
		})
	}
	return in
}

func keySchema(index table.Index) []types.KeySchemaElement {
	pk, sk := table.IndexAttrs(index)
	return []types.KeySchemaElement{
		{AttributeName: &pk, KeyType: types.KeyTypeHash},
		{AttributeName: &sk, KeyType: types.KeyTypeRange},
	}
}

func definitions(index table.Index) []types.AttributeDefinition {
	pk, sk := table.IndexAttrs(index)
	return []types.AttributeDefinition{
		{AttributeName: &pk, AttributeType: types.ScalarAttributeTypeS},
		{AttributeName: &sk, AttributeType: types.ScalarAttributeTypeS},
	}
}

func projection(index table.Index) *types.Projection {
	if index == table.Due {
		return &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	}
	return &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{table.AttrSummary}}
}
