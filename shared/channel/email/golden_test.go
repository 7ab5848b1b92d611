package email_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/email"
)

// update is the flag that channeltest declares: one flag writes all golden files.
func update() bool { return flag.Lookup("update").Value.String() == "true" }

// The promise: each kind of mail, whole or broken, is read as its golden file says.
// The mails are written for the purpose; charsets and base64 in them were encoded by
// Python's codecs, not by the code under test.
func TestExplainGolden(t *testing.T) {
	mails, err := filepath.Glob("testdata/*.eml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(mails), 25)
	for _, name := range mails {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			require.NoError(t, err)
			got, err := email.Explain(raw)
			require.NoError(t, err)
			golden := strings.TrimSuffix(name, ".eml") + ".json"
			if update() {
				require.NoError(t, os.WriteFile(golden, got, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(got))
		})
	}
}
