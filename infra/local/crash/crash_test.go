package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Promise 1 on a real process: killed at any moment, the desk keeps what it took, once.
func TestKilledDeskKeepsWhatItTook(t *testing.T) {
	t.Chdir("../../..")
	f, err := run(t.Context(), 3, 120, 3)
	require.NoError(t, err)
	require.True(t, f.good(), f)
	require.Equal(t, 120, f.accepted, f)
	require.Equal(t, f.accepted, f.found, f)
	t.Log(f)
}
