package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Two accounts of a channel are one channel; forms are one where there are any.
func TestChannels(t *testing.T) {
	var s config.Settings
	require.Empty(t, s.Channels())
	s.Accounts = []config.Account{{Channel: desk.WeChat, Name: "a"}, {Channel: desk.Email, Name: "b"}, {Channel: desk.WeChat, Name: "c"}}
	require.Equal(t, []desk.Channel{desk.Email, desk.WeChat}, s.Channels())
	s.Forms = []config.Form{{ID: "contact"}}
	require.Equal(t, []desk.Channel{desk.Email, desk.WebForm, desk.WeChat}, s.Channels())
}
