package config_test

import (
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Whoever has desk.yaml alone can set up a desk: each setting that there is stands in it,
// in force or as an example.
func TestShippedSettingsNameEverySetting(t *testing.T) {
	src, err := os.ReadFile("../../infra/desk.yaml")
	require.NoError(t, err)
	var missing []string
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type, string)
	walk = func(typ reflect.Type, path string) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			key := typ.Field(i).Tag.Get("yaml")
			if key == "" || key == "-" {
				continue
			}
			if !regexp.MustCompile(`\b` + key + `\b`).Match(src) {
				missing = append(missing, path+key)
			}
			walk(typ.Field(i).Type, path+key+".")
		}
	}
	walk(reflect.TypeFor[config.Settings](), "")
	for _, ch := range []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.Generic} {
		for _, key := range config.AccountKeys(ch) {
			if !regexp.MustCompile(`\b` + key + `\b`).Match(src) {
				missing = append(missing, "accounts."+string(ch)+"."+key)
			}
		}
	}
	require.Empty(t, missing)
}
