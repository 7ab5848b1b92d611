// Package local is the whole desk on one machine: the functions of template.yaml in the
// local runner, over the embedded engines, with a stand-in for the providers. `deskhook
// run` serves it, the demo and the crash test drive it, and the simulation steps it with
// its own clock.
package local

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	qbolt "github.com/deskhook/deskhook/shared/queue/bolt"
	"github.com/deskhook/deskhook/shared/settings"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	tbolt "github.com/deskhook/deskhook/shared/table/bolt"
)

// Options say what desk to open. Without a remark a field is needed.
type Options struct {
	Dir       string             // where everything is kept; made if it isn't there
	Template  *template.Template // such as template.Load("template.yaml", nil)
	Settings  *config.Settings   // as desk.yaml has them
	Draft     settings.Draft     // the same as it is written; empty: what it was written as is not kept
	PublicURL string             // taken where the settings name none
	Getenv    func(string) string
	Clock     runner.Clock
	Log       *slog.Logger

	Index       time.Duration // how often words are made findable, in whole minutes; 0: each minute
	NoSync      bool          // leave flushing to the operating system: tests and simulations
	Synchronous bool          // never start a goroutine: simulations
	Wrap        func(*World)  // takes hold of the seams; may be nil
}

// Desk is an open desk.
type Desk struct {
	World   World
	Store   *store.Store
	Table   *tbolt.DB
	Queue   *qbolt.DB
	Files   *folder.Store
	Runner  *runner.Runner
	Standin *standin.Standin

	dir      string
	index    time.Duration
	calls    *calls
	settings *config.Settings
	key      sign.Key
}

// ErrInUse: another process has this desk open.
var ErrInUse = errors.New("local: the desk is open in another process")

// Local credentials, documented in the README. They exist only here: a deployed stack
// has neither a local sign-in nor a secret equal to a local default.
const (
	DefaultPassword = "deskhook"
	DefaultAPIToken = "local-api-token"
)

// Open opens a desk, or makes one. Close it when done.
func Open(o Options) (_ *Desk, err error) {
	d := &Desk{dir: o.Dir, index: max(o.Index, time.Minute), settings: o.Settings, calls: &calls{now: o.Clock.Now}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if err := os.MkdirAll(filepath.Join(o.Dir, "positions"), 0o700); err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	if err := d.engines(o); err != nil {
		return nil, err
	}
	if err := d.world(o); err != nil {
		return nil, err
	}
	if err := d.putSettings(context.Background(), o); err != nil {
		return nil, err
	}
	d.Runner, err = runner.New(runner.Config{
		Template: o.Template, Functions: d.functions(), Queue: d.Queue, Feed: d.Table,
		Positions: runner.FolderPositions(filepath.Join(o.Dir, "positions")), Failures: d.World.Blob,
		Clock: o.Clock, Log: o.Log, Synchronous: o.Synchronous,
	})
	return d, err
}

// engines opens the files.
func (d *Desk) engines(o Options) (err error) {
	if d.Table, err = tbolt.Open(filepath.Join(o.Dir, "table.db"), o.Clock.Now, tbolt.Options{NoSync: o.NoSync}); err != nil {
		return held(err)
	}
	if d.Queue, err = qbolt.Open(filepath.Join(o.Dir, "queue.db"), o.Clock.Now, runner.Specs(o.Template), qbolt.Options{NoSync: o.NoSync}); err != nil {
		return held(err)
	}
	secret, err := blobSecret(filepath.Join(o.Dir, "blob.key"))
	if err != nil {
		return err
	}
	d.Files, err = folder.Open(filepath.Join(o.Dir, "blobs"), o.PublicURL+"/blobs", secret, o.Clock.Now)
	return err
}

func held(err error) error {
	if errors.Is(err, tbolt.ErrInUse) || errors.Is(err, qbolt.ErrHeld) {
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return err
}

// blobSecret signs links to files; it is made once.
func blobSecret(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(b) >= 16 {
		return b, nil
	}
	b = make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	return b, os.WriteFile(path, b, 0o600)
}

// world gathers what the functions touch.
func (d *Desk) world(o Options) (err error) {
	secrets := config.FromEnv(o.Getenv).Or(config.LocalDefaults)
	d.Standin, err = standin.Open(standin.Config{
		File: filepath.Join(o.Dir, "outbox.jsonl"), Now: o.Clock.Now, Inject: d.asCustomer,
	})
	if err != nil {
		return err
	}
	d.World = World{
		Table: d.Table, Queue: runner.WithDelays(d.Queue, o.Template), Dead: d.Queue, Blob: d.Files,
		HTTP: senders.Through(d.Standin), Now: o.Clock.Now, Rand: func(b []byte) { _, _ = rand.Read(b) },
		Secrets: secrets, Log: slog.New(hearing{o.Log.Handler(), d.calls}), PublicURL: o.PublicURL,
		LocalPassword: or(o.Getenv("DESKHOOK_PASSWORD"), DefaultPassword),
		APIToken:      or(o.Getenv("DESKHOOK_API_TOKEN"), DefaultAPIToken),
	}
	if o.Wrap != nil {
		o.Wrap(&d.World)
	}
	d.Store = store.New(d.World.Table)
	values, err := secrets.Values(config.LinkKey)
	if err != nil {
		return err
	}
	key, ok := sign.NewKey(values...)
	if !ok {
		return fmt.Errorf("local: the secret %s needs at least 16 characters", config.LinkKey)
	}
	d.key = key
	return nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// putSettings puts desk.yaml in force where it differs from what is; what somebody has put
// since in the console stays until the file itself is changed.
func (d *Desk) putSettings(ctx context.Context, o Options) error {
	if o.Draft.Text != "" {
		return d.putDraft(ctx, o)
	}
	doc, _, err := store.New(d.Table).PutNextSettings(ctx, func(version int64) (json.RawMessage, error) {
		next := *d.settings
		next.Version = version
		return json.Marshal(next)
	})
	if err != nil {
		return err
	}
	_, err = config.PutSnapshot(ctx, d.Files, doc)
	return err
}

func (d *Desk) putDraft(ctx context.Context, o Options) error {
	act := settings.Act{By: desk.Actor{Kind: desk.ByDesk, ID: "desk.yaml"}, At: o.Clock.Now().UTC().Truncate(time.Millisecond), Source: settings.FromFile}
	st := store.New(d.Table)
	if _, err := (settings.Desk{Store: st}).PutFile(ctx, act, o.Draft); err != nil {
		return err
	}
	doc, _, err := st.Settings(ctx)
	if err != nil {
		return err
	}
	_, err = config.PutSnapshot(ctx, d.Files, doc)
	return err
}

// Account finds the first account of a channel, for whoever plays its customers.
func (d *Desk) Account(c desk.Channel) (config.Account, bool) {
	for _, a := range d.settings.Accounts {
		if a.Channel == c {
			return a, true
		}
	}
	return config.Account{}, false
}

// Run works queues, streams and schedules until ctx ends. Access tokens are got first,
// so that the first answer doesn't wait for a schedule's minute.
func (d *Desk) Run(ctx context.Context) error {
	if _, err := d.Runner.Invoke(ctx, "tokens", []byte("{}")); err != nil {
		d.World.Log.Warn("no access tokens yet", "err", err)
	}
	return d.Runner.Run(ctx)
}

// Close closes the files. The runner must have stopped.
func (d *Desk) Close() error {
	var errs []error
	if d.Standin != nil {
		errs = append(errs, d.Standin.Close())
	}
	if d.Files != nil {
		errs = append(errs, d.Files.Close())
	}
	if d.Queue != nil {
		errs = append(errs, d.Queue.Close())
	}
	if d.Table != nil {
		errs = append(errs, d.Table.Close())
	}
	return errors.Join(errs...)
}
