package settings

import (
	"errors"
	"io/fs"

	"github.com/deskhook/deskhook/shared/config"
)

// Checked is what is to say about a draft. Settings is nil where there are faults.
type Checked struct {
	Settings *config.Settings
	Faults   []config.Fault
	Warnings []config.Warning
}

// name stands in front of faults where they are told as one text.
const name = "desk.yaml"

// beside are a draft's files as a folder.
type beside map[string]string

// Open knows no file as such: they are read whole.
func (beside) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadFile is what fs.ReadFile calls.
func (b beside) ReadFile(name string) ([]byte, error) {
	text, ok := b[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

// Gather makes a draft of a text and of the files in its folder that it names.
func Gather(folder fs.FS, text string) Draft {
	g := gathering{folder, map[string]string{}}
	_, _, _ = config.LoadBeside(g, []byte(text), name, Channels...) // what is wrong with it Check tells
	return Draft{Text: text, Files: g.files}
}

// gathering is a folder that notes what is read from it.
type gathering struct {
	fs.FS
	files map[string]string
}

// ReadFile is what fs.ReadFile calls.
func (g gathering) ReadFile(name string) ([]byte, error) {
	b, err := fs.ReadFile(g.FS, name)
	if err == nil {
		g.files[name] = string(b)
	}
	return b, err
}

// Check reads a draft whole, with those files that it brings.
func Check(d Draft) Checked {
	s, warnings, err := config.LoadBeside(beside(d.Files), []byte(d.Text), name, Channels...)
	c := Checked{Settings: s, Warnings: warnings}
	var faults config.Faults
	if errors.As(err, &faults) {
		c.Faults = faults
	}
	return c
}
