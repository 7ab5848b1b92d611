package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"go.yaml.in/yaml/v3"
)

// MaxBytes is the largest desk.yaml that Load takes.
const MaxBytes = 1 << 20

// Languages are those in which the desk speaks.
var Languages = []string{"zh-CN", "en"}

func isLanguage(s string) bool { return s == "zh-CN" || s == "en" }

// Load reads and checks desk.yaml whole. name stands in front of each fault; channels
// are those that accounts may name, and whose settings are checked (none given: any, and
// none are). The error is Faults, all of
// them, each with its line; the settings are nil then. Warnings come in either case.
func Load(src []byte, name string, channels ...desk.Channel) (*Settings, []Warning, error) {
	return LoadBeside(nil, src, name, channels...)
}

// LoadFile reads and checks a settings file and the files beside it that it names.
func LoadFile(name string, channels ...desk.Channel) (*Settings, []Warning, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	return LoadBeside(os.DirFS(filepath.Dir(name)), src, name, channels...)
}

// LoadBeside is Load with the folder that the settings' own files lie in. What they say
// goes into the settings, so that whoever reads a snapshot needs none of them.
func LoadBeside(folder fs.FS, src []byte, name string, channels ...desk.Channel) (*Settings, []Warning, error) {
	d := &decoder{file: name, beside: folder, lines: map[string]int{}, zeros: zeros{}}
	s := Defaults()
	if root := d.root(src); root != nil {
		d.document(root, s)
		d.readHolidays(s)
		s.fillIn(d.zeros)
		d.check(s, channels)
	}
	d.faults = once(d.faults) // an account is walked twice
	byLine(d.faults)
	byLine(d.warnings)
	if len(d.faults) > 0 {
		return nil, d.warnings, Faults(d.faults)
	}
	return s, d.warnings, nil
}

// document decodes the top level: accounts by their own rule, all else by its tags.
func (d *decoder) document(root *yaml.Node, s *Settings) {
	rest := *root
	if root.Kind == yaml.MappingNode {
		rest.Content = nil
		d.pairs(root, "", func(key string, k, v *yaml.Node) {
			if key == "accounts" {
				s.Accounts = d.accounts(v)
				return
			}
			if key == "csat" {
				d.fault(k.Line, key, "is written as one of surveys now: - id: csat, with kind: csat and what stood here; cooldown of all surveys is asking.cooldown")
				return
			}
			rest.Content = append(rest.Content, k, v)
		})
	}
	d.structure(&rest, "", reflect.ValueOf(s).Elem())
}

// root parses the text to its one document, or tells why there is none.
func (d *decoder) root(src []byte) *yaml.Node {
	if len(src) > MaxBytes {
		d.fault(0, "", "is larger than 1 MB")
		return nil
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF) || (err == nil && len(doc.Content) == 0):
		d.fault(0, "", "is empty")
		return nil
	case err != nil:
		d.syntax(string(src), err)
		return nil
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		d.fault(more.Line, "", "holds a second document")
	}
	return doc.Content[0]
}
