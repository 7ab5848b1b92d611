package main

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExitCode: what the command answered is what make sees.
func TestExitCode(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 1} {
		code, err := command(t.Context(), []string{"/bin/sh", "-c", script}, nil)
		require.NoError(t, err)
		require.Equal(t, want, code, script)
	}
	code, err := command(t.Context(), []string{filepath.Join(t.TempDir(), "absent")}, nil)
	require.Error(t, err)
	require.Equal(t, 1, code)
}

// TestMissingTools: without Maven or Java it says in a sentence what is needed.
func TestMissingTools(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, s := range servers {
		_, err := s.fetch(t.Context(), t.TempDir(), io.Discard)
		require.ErrorContains(t, err, "needs mvn on the PATH")
		_, err = s.start(t.Context(), t.TempDir())
		require.ErrorContains(t, err, "needs java (17 or later) on the PATH")
	}
	_, err := run(t.Context(), []string{"--"}, io.Discard)
	require.ErrorContains(t, err, "which command")
}

// TestFetchedOnce: what is in the cache is not asked for again, and a download that
// failed leaves nothing that looks like one.
func TestFetchedOnce(t *testing.T) {
	cache, bin := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin)
	script := "#!/bin/sh\necho no such artifact\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "mvn"), []byte(script), 0o700))
	s := servers[0]
	_, err := s.fetch(t.Context(), cache, io.Discard)
	require.ErrorContains(t, err, "can't be had")
	require.ErrorContains(t, err, "no such artifact")
	left, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Empty(t, left)

	dir := filepath.Join(cache, s.name+"-"+s.version)
	require.NoError(t, os.Mkdir(dir, 0o700))
	got, err := s.fetch(t.Context(), cache, io.Discard)
	require.NoError(t, err)
	require.Equal(t, dir, got)
}

// TestPinned: the project given to Maven is XML and names one fixed version.
func TestPinned(t *testing.T) {
	for _, s := range servers {
		var project struct {
			Dependencies []struct {
				Version string `xml:"version"`
			} `xml:"dependencies>dependency"`
		}
		require.NoError(t, xml.Unmarshal(s.pom(), &project))
		require.Len(t, project.Dependencies, 1)
		require.Equal(t, s.version, project.Dependencies[0].Version)
		require.False(t, strings.ContainsAny(s.version, "[](),"))
	}
}
