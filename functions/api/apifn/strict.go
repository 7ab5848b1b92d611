package apifn

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// strict holds a JSON object against the type that it is read into, and names the field
// at fault by its whole path. The decoder names the last part only, knows no time's
// field, speaks of Go's types, and lets pass null for what has no such value and a
// field's name in another case.
func strict(in string, raw []byte, t reflect.Type) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil || given == nil {
		return errNoObject
	}
	known := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[name] = t.Field(i).Type
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		of, ok := known[name]
		if !ok {
			return badField(in+name, "is not known here")
		}
		if err := formed(in+name, given[name], of); err != nil {
			return err
		}
	}
	return nil
}

// formed says whether a value, and all within it, has its type's form. A raw one is read
// by who asked for it, null and all.
func formed(name string, value json.RawMessage, of reflect.Type) error {
	if value[0] == '"' && hasNUL(value) {
		return badField(name, nulWords)
	}
	if of == reflect.TypeFor[json.RawMessage]() {
		return nil
	}
	if string(value) == "null" {
		return badField(name, "is null: leave it out instead")
	}
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	form, ok := formOf(of)
	if !ok(value) {
		return badField(name, "must be "+form)
	}
	switch {
	case of == reflect.TypeFor[time.Time]():
		return nil
	case of.Kind() == reflect.Struct:
		return strict(name+".", value, of)
	case of.Kind() == reflect.Slice:
		return formedList(name, value, of.Elem())
	case of.Kind() == reflect.Map:
		return formedMap(name, value, of.Elem())
	}
	return nil
}

// formOf says a type's form in words, and tells what has it.
func formOf(of reflect.Type) (string, func(json.RawMessage) bool) {
	if of == reflect.TypeFor[time.Time]() {
		return "a time such as 2026-03-02T09:00:00Z", isTime
	}
	switch of.Kind() {
	case reflect.String:
		return "a text", begins('"')
	case reflect.Bool:
		return "true or false", begins('t', 'f')
	case reflect.Int, reflect.Int64:
		return "a whole number", isWhole
	case reflect.Slice:
		return "a list", begins('[')
	case reflect.Struct, reflect.Map:
		return "an object", begins('{')
	}
	return "of another form", func(v json.RawMessage) bool { return json.Unmarshal(v, reflect.New(of).Interface()) == nil }
}

const nulWords = "has the character U+0000, which no text has"

func hasNUL(text json.RawMessage) bool {
	var s string
	return json.Unmarshal(text, &s) == nil && strings.ContainsRune(s, 0)
}

func begins(with ...byte) func(json.RawMessage) bool {
	return func(v json.RawMessage) bool { return slices.Contains(with, v[0]) }
}

func isTime(v json.RawMessage) bool { return json.Unmarshal(v, &time.Time{}) == nil }

func isWhole(v json.RawMessage) bool {
	_, err := strconv.ParseInt(string(v), 10, 64)
	return err == nil
}

func formedList(name string, value json.RawMessage, of reflect.Type) error {
	var list []json.RawMessage
	_ = json.Unmarshal(value, &list) // it begins as a list and is JSON
	for i, v := range list {
		if err := formed(fmt.Sprintf("%s[%d]", name, i), v, of); err != nil {
			return err
		}
	}
	return nil
}

// formedMap takes null where the map's values may be none.
func formedMap(name string, value json.RawMessage, of reflect.Type) error {
	var named map[string]json.RawMessage
	_ = json.Unmarshal(value, &named) // it begins as an object and is JSON
	for _, k := range slices.Sorted(maps.Keys(named)) {
		if strings.ContainsRune(k, 0) {
			return badField(name, nulWords)
		}
		if string(named[k]) == "null" && of.Kind() == reflect.Pointer {
			continue
		}
		if err := formed(name+"."+k, named[k], of); err != nil {
			return err
		}
	}
	return nil
}
