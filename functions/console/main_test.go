package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// A deployed console must have no sign-in by name and local password.
func TestDeployedHasNoLocalSignIn(t *testing.T) {
	src, err := os.ReadFile("main.go")
	require.NoError(t, err)
	require.Contains(t, string(src), "consolefn.New(consolefn.Deps{")
	require.NotContains(t, string(src), "Local")
	require.Contains(t, string(src), "OIDC:")
}
