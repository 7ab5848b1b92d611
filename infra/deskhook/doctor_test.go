package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A desk that doesn't answer is a failure, and what can be told without it is told.
func TestDoctorWithoutADesk(t *testing.T) {
	code, out, _ := command(t, "doctor", "--desk", "http://127.0.0.1:1", "--settings", "../desk.yaml")
	require.Equal(t, 1, code)
	require.Contains(t, out, "nothing answers at http://127.0.0.1:1")
	require.Contains(t, out, "http://127.0.0.1:1/webhooks/sms/main")
	code, _, errs := command(t, "doctor", "--settings", "none.yaml")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "none.yaml")
}
