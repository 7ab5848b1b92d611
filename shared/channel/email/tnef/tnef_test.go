package tnef_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/deskhook/deskhook/shared/channel/email/tnef"
)

func decode(charset string, b []byte) string {
	switch charset {
	case "cp936":
		b, _ = simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	case "windows-1252":
		b, _ = charmap.Windows1252.NewDecoder().Bytes(b)
	}
	return string(b)
}

// sample was written by a Python script after MS-OXTNEF, with Python's codecs: not by
// the code under test. It has named properties, several values, a file in the attribute
// and one in the property, a long name, a name in GBK, a mail within, HTML in Windows-1252.
func sample(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/winmail.dat")
	require.NoError(t, err)
	return b
}

func TestRead(t *testing.T) {
	m, err := tnef.Read(sample(t), decode)
	require.NoError(t, err)
	require.Equal(t, tnef.Message{
		HTML: "<p>Preise: <b>12 €</b></p>",
		Files: []tnef.File{
			{Name: "Quarterly report 2026 – final.pdf", Type: "application/pdf", Data: []byte("%PDF-1.4 quarterly")},
			{Name: "报价单.txt", Data: []byte("\xd7\xdc\xbc\xdb")},
			{Name: "logo.png", ContentID: "logo@x", Data: []byte("\x89PNG\r\n\x1a\n")},
			{Name: "inner file.txt", Data: []byte("inside")},
			{Name: "Old mail.txt", Type: "text/plain; charset=utf-8", Data: []byte("Inner text: 你好")},
		},
	}, m)
}

// What is cut anywhere within an attribute is refused, and never half of it given out.
func TestCutIsRefused(t *testing.T) {
	whole := sample(t)
	good := 0
	for n := range len(whole) {
		m, err := tnef.Read(whole[:n], decode)
		if err == nil { // cut between two attributes
			good++
			continue
		}
		require.ErrorIs(t, err, tnef.ErrUnreadable)
		require.Empty(t, m)
	}
	require.Less(t, good, 30)
}

// The bounds: files without end, properties without end, a length past the end.
func TestBounds(t *testing.T) {
	head := whole(0x223E9F78, 0)[:6]
	begins := append([]byte{2}, whole(0x00069002, 0, 0)[:10]...)
	_, err := tnef.Read(append(head[:6:6], bytes.Repeat(begins, 201)...), decode)
	require.ErrorContains(t, err, "too many files")
	props := append([]byte{1}, whole(0x00069003, 4, 0xFFFFFFFF, 0)[:14]...)
	_, err = tnef.Read(append(head[:6:6], props...), decode)
	require.ErrorContains(t, err, "too many properties")
	_, err = tnef.Read(append(head[:6:6], append([]byte{1}, whole(0x00069003, 0x7FFFFFFF)...)...), decode)
	require.ErrorIs(t, err, tnef.ErrUnreadable)
}

func whole(n ...uint32) (b []byte) {
	for _, v := range n {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func FuzzRead(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte("\x78\x9f\x3e\x22\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tnef.Read(data, decode)
		if err != nil {
			require.Empty(t, m)
			return
		}
		n := 0
		for _, file := range m.Files {
			n += len(file.Data)
		}
		require.LessOrEqual(t, n, 3*len(data)+1, "files are parts of what was read")
	})
}
