package takes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// What a channel can't carry is refused before it is sent, with words that say why.
func TestCheck(t *testing.T) {
	at := func(c desk.Channel) desk.Address { return desk.Address{Channel: c, Account: "main", ID: "somebody"} }
	small := []desk.Attachment{{Name: "a.pdf", Size: 1000}}
	for name, c := range map[string]struct {
		to    desk.Address
		files []desk.Attachment
		kind  desk.Kind
		mms   bool
	}{
		"a picture on WeChat":    {to: at(desk.WeChat), files: []desk.Attachment{{Type: "image/JPEG", Size: 4 << 20}}},
		"a document on WeChat":   {to: at(desk.WeChat), files: []desk.Attachment{{Type: "application/pdf", Size: 9}}, kind: desk.Invalid},
		"a long song on WeChat":  {to: at(desk.WeChat), files: []desk.Attachment{{Type: "audio/mpeg", Size: 2<<20 + 1}}, kind: desk.TooLarge},
		"nothing on WeChat":      {to: at(desk.WeChat), files: []desk.Attachment{{Type: "image/png"}}, kind: desk.Invalid},
		"five on WeChat":         {to: at(desk.WeChat), files: make([]desk.Attachment, 5), kind: desk.Invalid},
		"mail":                   {to: at(desk.Email), files: small},
		"the status page":        {files: small},
		"SMS":                    {to: at(desk.SMS), files: small, kind: desk.Invalid},
		"MMS":                    {to: at(desk.SMS), files: []desk.Attachment{{Type: "image/PNG", Size: 3 << 20}, {Type: "application/pdf", Size: 9}}, mms: true},
		"no MMS at all":          {to: at(desk.SMS), files: []desk.Attachment{{Type: "image/png", Size: 9}}, kind: desk.Invalid},
		"a program by MMS":       {to: at(desk.SMS), files: []desk.Attachment{{Type: "application/zip", Size: 9}}, mms: true, kind: desk.Invalid},
		"nothing by MMS":         {to: at(desk.SMS), files: []desk.Attachment{{Type: "image/gif"}}, mms: true, kind: desk.Invalid},
		"a long PDF by MMS":      {to: at(desk.SMS), files: []desk.Attachment{{Type: "application/pdf", Size: 600001}}, mms: true, kind: desk.TooLarge},
		"eleven by MMS":          {to: at(desk.SMS), files: make([]desk.Attachment, 11), mms: true, kind: desk.Invalid},
		"SMS without files":      {to: at(desk.SMS)},
		"as much as may be":      {to: at(desk.Email), files: []desk.Attachment{{Size: takes.Most}}},
		"one byte more":          {to: at(desk.Email), files: []desk.Attachment{{Size: takes.Most}, {Size: 1}}, kind: desk.TooLarge},
		"more files than a mail": {to: at(desk.Email), files: make([]desk.Attachment, 11), kind: desk.Invalid},
	} {
		err := takes.Check(c.to, takes.Account{MMS: c.mms}, c.files)
		if c.kind == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, c.kind, desk.KindOf(err), name)
		require.ErrorContains(t, err, "files", name)
	}
}
