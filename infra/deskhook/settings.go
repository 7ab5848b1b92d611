package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/settings"
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
	Base     *int64 `help:"The version that the file was made from; refused where there is a newer one."`
	Note     string `help:"Why, in one line."`
	Endpoint string `hidden:"" help:"Another address of DynamoDB, for tests."`
}

// Run writes the settings' next version. The table's feed tells jobs, which lays the
// snapshot that all functions read; within a minute they all have it.
func (c *settingsPutCmd) Run(w *world) error {
	if _, err := loadSettings(w, c.File); err != nil {
		return err
	}
	text, err := os.ReadFile(c.File)
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
	d := settings.Desk{Store: store.New(dynamo.New(client, c.Table, time.Now))}
	was, err := d.Current(w.ctx)
	if err != nil {
		return err
	}
	base := int64(-1)
	if c.Base != nil {
		base = *c.Base
	}
	act := settings.Act{By: desk.Actor{Kind: desk.ByDesk, ID: "deskhook settings put"}, At: time.Now().UTC().Truncate(time.Millisecond), Source: settings.FromFile, Note: c.Note}
	now, err := d.Put(w.ctx, act, base, settings.Gather(os.DirFS(filepath.Dir(c.File)), string(text)))
	switch {
	case err != nil:
		return err
	case was.Version == now.Version:
		fmt.Fprintf(w.out, "nothing changed: version %d stays in force\n", now.Version)
	default:
		fmt.Fprintf(w.out, "version %d is written; it is in force within a minute\n", now.Version)
	}
	return nil
}
