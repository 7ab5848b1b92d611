package links_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/links"
)

func lookup(values map[string]string) config.Lookup {
	return func(name string) (string, bool, error) {
		v, ok := values[name]
		return v, ok, nil
	}
}

// A link sent before the key was changed still opens while the old key stands beside
// the new one.
func TestKeyOutlivesItsRotation(t *testing.T) {
	old, err := links.Key(lookup(map[string]string{"desk/link-key": "the key before, 32 bytes long..."}))
	require.NoError(t, err)
	token := old.Token(links.SurveyPurpose, time.Time{}, "s1")

	next, err := links.Key(lookup(map[string]string{
		"desk/link-key": "the key now, also 32 bytes long.", "desk/link-key/previous": "the key before, 32 bytes long...",
	}))
	require.NoError(t, err)
	fields, err := next.Open(links.SurveyPurpose, token, time.Unix(1, 0))
	require.NoError(t, err)
	require.Equal(t, []string{"s1"}, fields)
}

func TestKeyRefusesWhatIsNoKey(t *testing.T) {
	_, err := links.Key(lookup(nil))
	require.ErrorIs(t, err, config.ErrNoSecret)
	_, err = links.Key(lookup(map[string]string{"desk/link-key": "short"}))
	require.ErrorContains(t, err, "desk/link-key")
	require.NotContains(t, err.Error(), ": short")
}
