package config

import (
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder fills Go values from YAML nodes and goes on after a fault, so that all are
// told at once; yaml's own decoder stops at the first kind and forgets the lines.
type decoder struct {
	file     string
	beside   fs.FS // files that settings name; nil: none
	faults   []Fault
	warnings []Warning
	lines    map[string]int // line of each path, for the checks that come after
	accs     []writtenAccount
	zeros    zeros // numbers and times that are written, and zero
}

func (d *decoder) fault(line int, path, format string, args ...any) {
	d.faults = append(d.faults, Fault{File: d.file, Line: line, Path: path, Text: fmt.Sprintf(format, args...)})
}

// line finds the line of a path, or of the nearest thing around it: what is missing
// has no line of its own.
func (d *decoder) line(path string) int {
	for path != "" {
		if n, ok := d.lines[path]; ok {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}

// at tells a fault of a path that has been decoded.
func (d *decoder) at(path, format string, args ...any) {
	d.fault(d.line(path), path, format, args...)
}

func (d *decoder) warn(path, format string, args ...any) {
	d.warnings = append(d.warnings, Warning{File: d.file, Line: d.line(path), Path: path, Text: fmt.Sprintf(format, args...)})
}

func (d *decoder) value(n *yaml.Node, path string, v reflect.Value) {
	if _, ok := d.lines[path]; !ok {
		d.lines[path] = n.Line
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fault(n.Line, path, "anchors and aliases are not taken here: write it out")
	case n.Tag == "!!null": // a key with nothing behind it is as if it weren't there
	case v.Type() == reflect.TypeFor[Duration]():
		d.duration(n, path, v)
	case v.Kind() == reflect.Pointer: // told from what isn't written: zero is a number too
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, path, v.Elem())
	case v.Kind() == reflect.Struct:
		d.structure(n, path, v)
	case v.Kind() == reflect.Slice:
		d.list(n, path, v)
	case v.Kind() == reflect.Interface: // whatever it is
		v.Set(reflect.ValueOf(d.plain(n, path)))
	case v.Kind() == reflect.Map:
		d.texts(n, path, v)
	default:
		d.scalar(n, path, v)
	}
}

// pairs walks a mapping: each key once, and never a merge key.
func (d *decoder) pairs(n *yaml.Node, path string, each func(key string, k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fault(n.Line, path, "should be a list of keys and values")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if line, twice := first[k.Value]; twice {
			d.fault(k.Line, join(path, k.Value), "stands there twice, first in line %d", line)
			continue
		}
		first[k.Value] = k.Line
		each(k.Value, k, v)
	}
}

func (d *decoder) structure(n *yaml.Node, path string, v reflect.Value) {
	fields, names := map[string]reflect.Value{}, []string(nil)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			fields[name], names = v.Field(i), append(names, name)
		}
	}
	if n.Kind != yaml.MappingNode && path != "" {
		d.fault(n.Line, path, "should be keys and values: { %s }", strings.Join(names, ", "))
		return
	}
	d.pairs(n, path, func(key string, k, val *yaml.Node) {
		f, ok := fields[key]
		if !ok {
			d.unknown(k.Line, join(path, key), key, names)
			return
		}
		d.lines[join(path, key)] = k.Line
		d.value(val, join(path, key), f)
	})
}

func (d *decoder) list(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n.Line, path, "should be a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		d.value(c, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
	}
}

// texts reads a Text: by language, or one text for all languages.
func (d *decoder) texts(n *yaml.Node, path string, v reflect.Value) {
	m := Text{}
	if n.Kind == yaml.ScalarNode {
		for _, lang := range Languages {
			m[lang] = n.Value
		}
	} else {
		d.pairs(n, path, func(key string, k, val *yaml.Node) {
			if !isLanguage(key) {
				d.fault(k.Line, join(path, key), "no such language; there are %s", strings.Join(Languages, " and "))
				return
			}
			var s string
			d.value(val, join(path, key), reflect.ValueOf(&s).Elem())
			m[key] = strings.TrimSpace(s)
		})
	}
	v.Set(reflect.ValueOf(m))
}

func (d *decoder) scalar(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.fault(n.Line, path, "should be %s", kindWords[v.Kind()])
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(n.Value))
		if n.Tag != "!!bool" || err != nil {
			d.fault(n.Line, path, "should be true or false")
		}
		v.SetBool(b)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Tag != "!!int" || err != nil {
			d.fault(n.Line, path, "should be a whole number")
		}
		v.SetInt(int64(i))
		d.zeros[path] = i == 0 && err == nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if n.Tag != "!!float" && n.Tag != "!!int" || err != nil {
			d.fault(n.Line, path, "should be a number")
		}
		v.SetFloat(f)
		d.zeros[path] = f == 0 && err == nil
	}
}

var kindWords = map[reflect.Kind]string{
	reflect.String: "one text", reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Float64: "a number",
}

func (d *decoder) duration(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.fault(n.Line, path, "should be a length of time such as 90s, 15m, 2h or 3d")
		return
	}
	dur, err := ParseDuration(n.Value)
	if err != nil {
		d.fault(n.Line, path, "%v", err)
	}
	v.SetInt(int64(dur))
	d.zeros[path] = dur == 0 && err == nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// unknown tells of a key that there isn't, with the one that was probably meant (one letter
// off, or of other case or dashes), else with all that there are.
func (d *decoder) unknown(line int, path, key string, names []string) {
	plain := strings.NewReplacer("-", "", "_", "")
	for _, name := range names {
		if strings.EqualFold(plain.Replace(key), plain.Replace(name)) || oneOff(key, name) {
			d.fault(line, path, "no such setting; did you mean %s?", name)
			return
		}
	}
	d.fault(line, path, "no such setting; there are %s", strings.Join(names, ", "))
}

// oneOff: equal but for one letter more, less, other, or two swapped.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] ||
			(i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
