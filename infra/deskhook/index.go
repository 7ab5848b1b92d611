package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

// indexCmd makes findable what search was never told of.
type indexCmd struct {
	Table    string    `required:"" help:"The stack's table, as its output Table names it."`
	Since    time.Time `required:"" format:"2006-01-02" help:"From which day on, such as 2026-01-31."`
	Endpoint string    `hidden:"" help:"Another address of DynamoDB, for tests."`
}

// Run walks all tickets opened since, and customers first seen since their month. jobs
// takes them into the index at its next looks.
func (c *indexCmd) Run(w *world) error {
	aws, err := awsconfig.LoadDefaultConfig(w.ctx)
	if err != nil {
		return err
	}
	client := dynamodb.NewFromConfig(aws, func(o *dynamodb.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = &c.Endpoint
		}
	})
	st := store.New(dynamo.New(client, c.Table, time.Now))
	doc, _, err := st.Settings(w.ctx)
	if err != nil {
		return err
	}
	if doc == nil {
		return errors.New("the desk has no settings yet: deskhook settings put")
	}
	var s config.Settings
	if err := json.Unmarshal(doc, &s); err != nil {
		return err
	}
	done, err := find.Rebuild(w.ctx, st, &s, c.Since, time.Now().UTC())
	fmt.Fprintf(w.out, "%d messages of %d tickets are noted, and %d customers are listed; they are found within minutes\n", done.Messages, done.Tickets, done.Customers)
	return err
}
