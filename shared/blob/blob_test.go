package blob_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
)

// The rule: keys are plain, and no key leads out of a folder.
func TestCheckKey(t *testing.T) {
	for _, key := range []string{"a", "mail/2026-03-01/x.eml", "A=b_c-d.e", "...", "a/..b", strings.Repeat("a", 200)} {
		require.NoError(t, blob.CheckKey(key), key)
	}
	for _, key := range []string{
		"", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", `a\b`, "a b", "ä", "a\x00", "a%2e", "a+",
		strings.Repeat("a", 201), strings.Repeat("a/", 256) + "a",
	} {
		require.ErrorIs(t, blob.CheckKey(key), blob.ErrInvalid, key)
	}
}

// The promise: whatever is a key has no traversal in it.
func FuzzCheckKey(f *testing.F) {
	f.Add("a/../b")
	f.Add("mail/x.eml")
	f.Fuzz(func(t *testing.T, key string) {
		if blob.CheckKey(key) != nil {
			return
		}
		require.NotContains(t, "/"+key+"/", "/../")
		require.NotContains(t, "/"+key+"/", "//")
		require.False(t, strings.ContainsAny(key, "\\:%+?#\x00 "))
	})
}

// The rule: RFC 6266 with RFC 8187 for what is not ASCII; the expected bytes of 发票 are
// python3's urllib.parse.quote("发票").
func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"":                      "attachment",
		"a.pdf":                 "attachment; filename=a.pdf",
		"a b.pdf":               `attachment; filename="a b.pdf"`,
		`q"q.txt`:               `attachment; filename="q\"q.txt"`,
		"发票.pdf":                "attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf",
		"../../etc/passwd":      "attachment; filename=passwd",
		`C:\x\y.doc`:            "attachment; filename=y.doc",
		"a\r\nSet-Cookie: x":    `attachment; filename="aSet-Cookie: x"`,
		"fdp.\u202Eexe":         "attachment; filename=fdp.exe",
		"dir/":                  "attachment",
		"\xff.txt":              "attachment; filename=.txt",
		strings.Repeat("n", 20): "attachment; filename=" + strings.Repeat("n", 20),
	} {
		require.Equal(t, want, blob.Options{FileName: name}.Disposition(), name)
	}
}

// The rules: a link lives 1 second to 7 days; a blob has 1 byte to MaxBytes.
func TestBounds(t *testing.T) {
	require.NoError(t, blob.CheckLink(time.Second))
	require.NoError(t, blob.CheckLink(blob.MaxLink))
	require.ErrorIs(t, blob.CheckLink(0), blob.ErrInvalid)
	require.ErrorIs(t, blob.CheckLink(blob.MaxLink+1), blob.ErrInvalid)
	require.NoError(t, blob.CheckSize(blob.MaxBytes))
	require.ErrorIs(t, blob.CheckSize(blob.MaxBytes+1), blob.ErrTooLarge)
	require.ErrorIs(t, blob.CheckSize(0), blob.ErrInvalid)
	require.Equal(t, int64(blob.MaxBytes), blob.Limit(0))
	require.Equal(t, int64(5), blob.Limit(5))
	require.NoError(t, blob.CheckPrefix("mail/2026"))
	require.ErrorIs(t, blob.CheckPrefix("a%"), blob.ErrInvalid)
}
