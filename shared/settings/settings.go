// Package settings is what people and programs can do about the settings: read them as
// they were written, check a draft, compare it with what is there, put it in force, go
// back to an older version. It only writes rows; relay sees a new one, and jobs lays the
// snapshot that all functions read within a minute.
package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Channels are those that accounts may name: builtin.Names, which links them all.
var Channels = []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.WebForm, desk.Generic}

// MaxBytes is the largest text, its files included: a row is 400 kB at most.
const MaxBytes = 300 * 1024

// Where a version came from.
const (
	FromFile    = "file"
	FromConsole = "console"
	FromAPI     = "api"
)

// Draft is settings as somebody writes them: desk.yaml, and the files beside it that it
// names. Where Files is nil those of the version before are taken.
type Draft struct {
	Text  string
	Files map[string]string
}

// Act is who does something, when, and by which way.
type Act struct {
	By     desk.Actor
	At     time.Time
	Source string
	Note   string // why, in one line; may be empty
}

// Desk does it.
type Desk struct{ Store *store.Store }

// Newer is the refusal of a change that was made from an older version: somebody put
// another one meanwhile. It is a Conflict.
type Newer struct{ Last store.SettingsText }

// Error tells who put it and when.
func (n *Newer) Error() string {
	who := n.Last.By.Name
	if who == "" {
		who = n.Last.By.ID
	}
	if who == "" {
		return fmt.Sprintf("version %d is newer than what this was made from: read it first", n.Last.Version)
	}
	return fmt.Sprintf("version %d was put by %s at %s and is newer than what this was made from: read it first",
		n.Last.Version, who, n.Last.At.UTC().Format("2006-01-02 15:04 UTC"))
}

// Unwrap makes it a Conflict.
func (n *Newer) Unwrap() error { return &desk.Error{Kind: desk.Conflict, Text: n.Error()} }

// Current reads the last version as it was written. Text is empty where that was not kept:
// by a version of the desk that kept none. Version is 0 before the first.
func (d Desk) Current(ctx context.Context) (store.SettingsText, error) {
	v, _, err := d.current(ctx)
	return v, err
}

func (d Desk) current(ctx context.Context) (store.SettingsText, json.RawMessage, error) {
	doc, version, err := d.Store.Settings(ctx)
	if err != nil || version == 0 {
		return store.SettingsText{}, nil, err
	}
	row, err := d.Store.SettingsTextOf(ctx, version)
	row.Value.Version = version
	return row.Value, doc, err
}

// Version reads an older version; NotFound where there is none, or its text was not kept.
func (d Desk) Version(ctx context.Context, version int64) (store.SettingsText, error) {
	row, err := d.Store.SettingsTextOf(ctx, version)
	if err == nil && !row.Exists() {
		err = desk.Errorf(desk.NotFound, "no such version, or its text was not kept")
	}
	return row.Value, err
}

// accepted is a draft that may be put, and what it would follow.
type accepted struct {
	last     store.SettingsText
	doc      json.RawMessage // of last
	draft    Draft
	settings *config.Settings
}

// accept holds a draft against the version it was made from, and checks it whole.
func (d Desk) accept(ctx context.Context, by desk.Actor, base int64, draft Draft) (accepted, error) {
	last, doc, err := d.current(ctx)
	if err != nil {
		return accepted{}, err
	}
	if base >= 0 && base != last.Version {
		return accepted{}, &Newer{last}
	}
	draft = draft.after(last)
	if err := draft.fits(); err != nil {
		return accepted{}, err
	}
	checked := Check(draft)
	if len(checked.Faults) > 0 {
		return accepted{}, config.Faults(checked.Faults)
	}
	return accepted{last, doc, draft, checked.Settings}, staysAdmin(doc, checked.Settings, by)
}

// next is the version that an accepted draft becomes.
func (k accepted) next(a Act) store.SettingsText {
	return store.SettingsText{
		Version: k.last.Version + 1, Text: k.draft.Text, Files: k.draft.Files, By: a.By, At: a.At, Note: a.Note, Source: a.Source, Hash: k.draft.Hash(),
	}
}

// Put writes a draft as the next version, if it has no fault (config.Faults) and base is
// the version that it was made from (*Newer else; a negative base asks for none). What
// changes nothing writes nothing, and gives what is there; so does the text that is in
// force, from whichever version it was made: who hears no answer puts it again.
func (d Desk) Put(ctx context.Context, a Act, base int64, draft Draft) (store.SettingsText, error) {
	v, err := d.put(ctx, a, base, draft)
	var newer *Newer
	if errors.As(err, &newer) && draft.after(newer.Last).is(newer.Last) {
		return newer.Last, nil
	}
	return v, err
}

func (d Desk) put(ctx context.Context, a Act, base int64, draft Draft) (store.SettingsText, error) {
	k, err := d.accept(ctx, a.By, base, draft)
	if err != nil {
		return store.SettingsText{}, err
	}
	same, err := docOf(k.settings, k.last.Version)
	if err != nil {
		return k.last, err
	}
	if string(same) == string(k.doc) && k.draft.is(k.last) {
		return k.last, nil
	}
	next := k.next(a)
	return next, d.commit(ctx, next, k.settings)
}

func (d Desk) commit(ctx context.Context, next store.SettingsText, s *config.Settings) error {
	doc, err := docOf(s, next.Version)
	if err != nil {
		return err
	}
	var tx store.Tx
	tx.PutSettings(next.Version, doc)
	tx.PutSettingsText(next)
	err = d.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		last, rerr := d.Current(ctx)
		return errors.Join(&Newer{last}, rerr)
	}
	return err
}

func docOf(s *config.Settings, version int64) (json.RawMessage, error) {
	next := *s
	next.Version = version
	return json.Marshal(next)
}

// Restore puts an older version in force again, as the next one. It is checked as it
// would be today.
func (d Desk) Restore(ctx context.Context, a Act, base, version int64) (store.SettingsText, error) {
	old, err := d.Version(ctx, version)
	if err != nil {
		return old, err
	}
	files := old.Files
	if files == nil {
		files = map[string]string{} // and not those of the last version
	}
	k, err := d.accept(ctx, a.By, base, Draft{old.Text, files})
	if err != nil {
		return store.SettingsText{}, err
	}
	next := k.next(a)
	next.Of = version
	return next, d.commit(ctx, next, k.settings)
}

// Check checks a draft as Put would, with the files of the last version where it brings
// none, and gives that version.
func (d Desk) Check(ctx context.Context, draft Draft) (Checked, store.SettingsText, error) {
	last, err := d.Current(ctx)
	if err != nil {
		return Checked{}, last, err
	}
	draft = draft.after(last)
	if err := draft.fits(); err != nil {
		return Checked{}, last, err
	}
	return Check(draft), last, nil
}

// Compared is a draft beside the last version.
type Compared struct {
	Checked
	Last     store.SettingsText
	Diff     string
	Sections []Section // empty where there are faults
}

// Compare checks a draft and tells what it would change.
func (d Desk) Compare(ctx context.Context, draft Draft) (Compared, error) {
	last, doc, err := d.current(ctx)
	if err != nil {
		return Compared{}, err
	}
	draft = draft.after(last)
	if err := draft.fits(); err != nil {
		return Compared{}, err
	}
	c := Compared{Checked: Check(draft), Last: last, Sections: []Section{}}
	c.Diff = Diff(fmt.Sprintf("version %d", last.Version), "draft", last.Text, draft.Text)
	if c.Settings == nil {
		return c, nil
	}
	var was *config.Settings
	if len(doc) > 0 {
		if err := json.Unmarshal(doc, &was); err != nil {
			return c, err
		}
	}
	c.Sections, err = Sections(was, c.Settings)
	return c, err
}

// PutFile puts what a file says, unless the file is what it was when it was last put: then
// what somebody has changed since stays in force.
func (d Desk) PutFile(ctx context.Context, a Act, draft Draft) (store.SettingsText, error) {
	hash, cursor := draft.Hash(), ""
	for range 10 {
		list, next, err := d.Store.SettingsTexts(ctx, cursor, 100)
		if err != nil {
			return store.SettingsText{}, err
		}
		for _, v := range list {
			if v.Source == FromFile {
				if v.Hash == hash {
					return d.Current(ctx)
				}
				return d.Put(ctx, a, -1, draft)
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	return d.Put(ctx, a, -1, draft)
}

// Hash tells two drafts apart.
func (d Draft) Hash() string {
	doc, _ := json.Marshal(d) // texts always marshal
	return queue.Hash(string(doc))[:16]
}

// after takes the files of the version before where the draft says nothing of them, and
// ends lines as files do.
func (d Draft) after(last store.SettingsText) Draft {
	d.Text = strings.ReplaceAll(d.Text, "\r\n", "\n")
	if d.Files == nil {
		d.Files = last.Files
	}
	return d
}

// is says whether a version was written so.
func (d Draft) is(v store.SettingsText) bool {
	return v.Version > 0 && d.Text == v.Text && maps.Equal(d.Files, v.Files)
}

func (d Draft) fits() error {
	n := len(d.Text)
	for name, text := range d.Files {
		n += len(name) + len(text)
	}
	if n > MaxBytes {
		return desk.Errorf(desk.TooLarge, "settings may have 300 kB with their files, these have %d", n)
	}
	return nil
}

// staysAdmin keeps whoever puts settings from locking themselves out by a slip.
func staysAdmin(was json.RawMessage, next *config.Settings, by desk.Actor) error {
	var s config.Settings
	if len(was) == 0 || json.Unmarshal(was, &s) != nil {
		return nil
	}
	before, known := s.Agent(by.ID)
	after, _ := next.Agent(by.ID)
	if known && before.Role == "admin" && after.Role != "admin" {
		return desk.FieldError("agents", "you would no longer be an admin: another admin must do this")
	}
	return nil
}
