package main

import (
	"encoding/json"
	"errors"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

// tableFlags name the table of a deployed stack, for what walks it by an operator's hand.
type tableFlags struct {
	Table    string `required:"" help:"The stack's table, as its output Table names it."`
	Endpoint string `hidden:"" help:"Another address of DynamoDB, for tests."`
}

// open gives the table and the settings in force.
func (f tableFlags) open(w *world) (*store.Store, *config.Settings, error) {
	aws, err := awsconfig.LoadDefaultConfig(w.ctx)
	if err != nil {
		return nil, nil, err
	}
	client := dynamodb.NewFromConfig(aws, func(o *dynamodb.Options) {
		if f.Endpoint != "" {
			o.BaseEndpoint = &f.Endpoint
		}
	})
	st := store.New(dynamo.New(client, f.Table, time.Now))
	doc, _, err := st.Settings(w.ctx)
	if err != nil {
		return nil, nil, err
	}
	if doc == nil {
		return nil, nil, errors.New("the desk has no settings yet: deskhook settings put")
	}
	s := new(config.Settings)
	return st, s, json.Unmarshal(doc, s)
}
