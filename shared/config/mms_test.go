package config_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Files go by SMS from those accounts alone that say so.
func TestTakes(t *testing.T) {
	s := &config.Settings{Accounts: []config.Account{
		{Channel: desk.SMS, Name: "main", Settings: json.RawMessage(`{"mms": true}`)},
		{Channel: desk.SMS, Name: "other", Settings: json.RawMessage(`{"mms": false}`)},
		{Channel: desk.SMS, Name: "plain", Settings: json.RawMessage(`{}`)},
		{Channel: desk.WeChat, Name: "main", Settings: json.RawMessage(`{"mms": true}`)},
	}}
	for account, want := range map[string]bool{"main": true, "other": false, "plain": false, "gone": false} {
		require.Equal(t, want, s.Takes(desk.Address{Channel: desk.SMS, Account: account}).MMS, account)
	}
	require.False(t, s.Takes(desk.Address{Channel: desk.WeChat, Account: "main"}).MMS)
}
