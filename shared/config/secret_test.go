package config_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/stretchr/testify/require"
)

func env(m map[string]string) config.Lookup {
	return config.FromEnv(func(name string) string { return m[name] })
}

// Two secrets are valid at once while one is rotated: the current one first.
func TestSecretsFromEnvironment(t *testing.T) {
	l := env(map[string]string{
		"DESKHOOK_SECRET_WECHAT_MAIN_TOKEN":          "new",
		"DESKHOOK_SECRET_WECHAT_MAIN_TOKEN_PREVIOUS": "old",
		"DESKHOOK_SECRET_DESK_LINK_KEY":              "k",
		"DESKHOOK_SECRET_SMS_MAIN_AUTH_TOKEN":        "",
	})
	got, err := l.Account(desk.WeChat, "main")("token")
	require.NoError(t, err)
	require.Equal(t, []string{"new", "old"}, got)
	got, err = l.Values(config.LinkKey)
	require.NoError(t, err)
	require.Equal(t, []string{"k"}, got)
	_, err = l.Account(desk.SMS, "main")("auth_token")
	require.ErrorIs(t, err, config.ErrNoSecret)
	require.ErrorContains(t, err, "sms/main/auth_token")
}

func TestStoreFaultIsNotAMissingSecret(t *testing.T) {
	away := errors.New("away")
	l := config.Lookup(func(string) (string, bool, error) { return "", false, away })
	_, err := l.Values("desk/link-key")
	require.ErrorIs(t, err, away)
	require.NotErrorIs(t, err, config.ErrNoSecret)
}

func TestLocalDefaults(t *testing.T) {
	l := env(map[string]string{"DESKHOOK_SECRET_WECHAT_MAIN_TOKEN": "mine"}).Or(config.LocalDefaults)
	got, err := l.Account(desk.WeChat, "main")("token")
	require.NoError(t, err)
	require.Equal(t, []string{"mine"}, got)
	got, err = l.Account(desk.WeChat, "other")("token")
	require.NoError(t, err)
	require.Equal(t, []string{"local-wechat-token"}, got)
	got, err = l.Account(desk.WeChat, "main")("encoding_aes_key")
	require.NoError(t, err)
	require.Len(t, got[0], 43) // EncodingAESKey: 43 characters that give 32 bytes
	key, err := base64.StdEncoding.DecodeString(got[0] + "=")
	require.NoError(t, err)
	require.Len(t, key, 32)
}

// A deployed stack never runs on a secret that everybody can read, under any name,
// and the error does not print it.
func TestRefuseLocal(t *testing.T) {
	l := config.RefuseLocal(env(map[string]string{
		"DESKHOOK_SECRET_DESK_LINK_KEY":                "local-wechat-token",
		"DESKHOOK_SECRET_SMS_MAIN_AUTH_TOKEN":          "own",
		"DESKHOOK_SECRET_SMS_MAIN_AUTH_TOKEN_PREVIOUS": "local-sms-auth-token",
	}))
	_, err := l.Values(config.LinkKey)
	require.ErrorIs(t, err, config.ErrLocalSecret)
	require.ErrorContains(t, err, "desk/link-key")
	require.NotContains(t, err.Error(), "local-wechat-token")
	_, err = l.Values("sms/main/auth_token")
	require.ErrorIs(t, err, config.ErrLocalSecret)
}
