package email_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// An agent is told of what a mail program would show as a seal, and what stays shut.
func TestMarks(t *testing.T) {
	mail := func(contentType, body string) []byte {
		return []byte("From: a@b.example\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: " + contentType + "\r\n\r\n" + body)
	}
	parts := func(types ...string) (s string) {
		for _, ct := range types {
			s += "--b\r\nContent-Type: " + ct + "\r\n\r\nx\r\n"
		}
		return s + "--b--\r\n"
	}
	for name, tt := range map[string]struct {
		raw  []byte
		code string
		arg  string
	}{
		"plain":             {mail("text/plain", "hello"), "", ""},
		"S/MIME signed":     {mail(`multipart/signed; boundary=b; protocol="application/pkcs7-signature"`, parts("text/plain", "application/pkcs7-signature; name=smime.p7s")), "mail.signed", "S/MIME"},
		"old name":          {mail(`multipart/signed; boundary=b; protocol="application/x-pkcs7-signature"`, parts("text/plain", "application/x-pkcs7-signature")), "mail.signed", "S/MIME"},
		"PGP signed":        {mail(`multipart/signed; boundary=b; protocol="application/pgp-signature"`, parts("text/plain", "application/pgp-signature")), "mail.signed", "PGP"},
		"sealed":            {mail(`application/pkcs7-mime; smime-type=signed-data; name=smime.p7m`, "MIIB"), "mail.sealed", "S/MIME"},
		"S/MIME encrypted":  {mail(`application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m`, "MIIB"), "mail.encrypted", "S/MIME"},
		"doesn't say":       {mail(`application/x-pkcs7-mime; name=smime.p7m`, "MIIB"), "mail.encrypted", "S/MIME"},
		"certificates":      {mail(`application/pkcs7-mime; smime-type=certs-only`, "MIIB"), "", ""},
		"PGP encrypted":     {mail(`multipart/encrypted; boundary=b; protocol="application/pgp-encrypted"`, parts("application/pgp-encrypted", "application/octet-stream")), "mail.encrypted", "PGP"},
		"PGP within":        {mail("text/plain", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----"), "mail.encrypted", "PGP"},
		"PGP signed within": {mail("text/plain", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhi"), "mail.signed", "PGP"},
		"invite":            {mail("multipart/mixed; boundary=b", parts("text/plain", "text/calendar; method=REQUEST")), "mail.invite", "REQUEST"},
		"cancelled inside":  {mail("text/calendar", "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"), "mail.invite", "CANCEL"},
		"no method":         {mail("text/calendar; method=\"<b>\"", "BEGIN:VCALENDAR\r\n"), "mail.invite", "PUBLISH"},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, tt.raw).Marks
			if tt.code == "" {
				require.Empty(t, got)
				return
			}
			arg := "kind"
			if tt.code == "mail.invite" {
				arg = "method"
			}
			require.Equal(t, []desk.Decision{{Code: tt.code, Args: map[string]string{arg: tt.arg}}}, got)
		})
	}
}

// A winmail.dat that is cut off stays the file that it came as.
func TestBrokenWinmailIsAFile(t *testing.T) {
	files := read(t, fixture(t, "tnef-cut")).Attachments
	require.Len(t, files, 1)
	require.Equal(t, "winmail.dat", files[0].Name)
	require.NotEmpty(t, files[0].Data)
}
