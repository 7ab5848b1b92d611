package channeltest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

var update = flag.Bool("update", false, "write golden files anew")

// golden is what one call becomes.
type golden struct {
	Envelopes []goldenEnvelope
}

type goldenEnvelope struct {
	Order, Dedup string
	Meta         map[string]string `json:",omitempty"`
	Inbound      []desk.Inbound
}

func checkGolden(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		c, es := s.envelopes(t, f, r)
		var got golden
		for _, e := range es {
			checkEnvelope(t, c, f, r, e)
			ins, err := c.Parse(e)
			if !f.Unreadable {
				require.NoError(t, err, f.Name)
			}
			for _, in := range ins {
				checkInbound(t, c, f, in)
			}
			got.Envelopes = append(got.Envelopes, goldenEnvelope{e.Order, e.Dedup, e.Meta, ins})
		}
		Golden(t, filepath.Join(s.goldenDir(), f.Name+".json"), got)
	})
}

func (s Spec) goldenDir() string {
	if s.Golden != "" {
		return s.Golden
	}
	return filepath.Join("testdata", "golden")
}

// Golden compares got, as indented JSON, with a golden file. With -update it writes
// the file instead.
func Golden(t T, path string, got any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(got))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "no golden file: run go test with -update and read what it wrote")
	require.Equal(t, string(want), b.String(), path)
}
