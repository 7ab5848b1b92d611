package main

import (
	"encoding/json"
	"fmt"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

// settingsCmd is about desk.yaml.
type settingsCmd struct {
	Check settingsCheckCmd `cmd:"" help:"Name every fault of a settings file with its line."`
	Put   settingsPutCmd   `cmd:"" help:"Put a settings file in force on a deployed desk."`
}

type settingsCheckCmd struct {
	File string `arg:"" optional:"" default:"infra/desk.yaml" type:"path" help:"The settings file."`
}

// Run prints the faults, or that there are none.
func (c *settingsCheckCmd) Run(w *world) error {
	if _, err := loadSettings(w, c.File); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s: no faults\n", c.File)
	return nil
}

func loadSettings(w *world, file string) (*config.Settings, error) {
	s, warnings, err := config.LoadFile(file, builtin.Names...)
	for _, warning := range warnings {
		fmt.Fprintln(w.err, "warning:", warning)
	}
	return s, err
}

type settingsPutCmd struct {
	File     string `arg:"" optional:"" default:"infra/desk.yaml" type:"path" help:"The settings file."`
	Table    string `required:"" help:"The stack's table, as its output Table names it."`
	Endpoint string `hidden:"" help:"Another address of DynamoDB, for tests."`
}

// Run writes the settings' next version. The table's feed tells jobs, which lays the
// snapshot that all functions read; within a minute they all have it.
func (c *settingsPutCmd) Run(w *world) error {
	s, err := loadSettings(w, c.File)
	if err != nil {
		return err
	}
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
	before, was, err := st.Settings(w.ctx)
	if err != nil {
		return err
	}
	_, version, err := st.PutNextSettings(w.ctx, func(v int64) (json.RawMessage, error) {
		next := *s
		next.Version = v
		return json.Marshal(next)
	})
	switch {
	case err != nil:
		return err
	case before != nil && version == was:
		fmt.Fprintf(w.out, "nothing changed: version %d stays in force\n", version)
	default:
		fmt.Fprintf(w.out, "version %d is written; it is in force within a minute\n", version)
	}
	return nil
}
