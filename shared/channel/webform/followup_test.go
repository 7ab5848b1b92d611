package webform_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/desk"
)

var ann = desk.Address{Channel: desk.WebForm, Account: "main", ID: "ann@shop.example"}

func follow(c *webform.Channel) *webform.FollowUp {
	return c.FollowUp(ann, "submission1", "https://desk.example.com/t/token")
}

func TestFollowUpIsAChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Spec{
		New: func(a channel.Account) (channel.Channel, error) {
			c, err := newForm(string(a.Settings))
			if err != nil {
				return nil, err
			}
			return follow(c), nil
		},
		Settings: contact,
		Unsigned: "the signature stands in the address, which webformfn opens",
		Golden:   "testdata/golden-followup",
		Fixtures: []channeltest.Fixture{
			{Name: "urlencoded", Request: post(urlencoded, "text=and+my+parcel%3F&_id=n1", "accept-language", "en"), Private: []string{"parcel"}},
			{Name: "json", Request: post("application/json", `{"text":"还有一个问题","_lang":"zh-CN","_id":"n2"}`)},
		},
	})
}

// What is written on belongs to the submission, and never overtakes it.
func TestFollowUpFollows(t *testing.T) {
	c := form(t)
	first := envelope(t, c, post(urlencoded, "email=ANN@shop.example&message=x"))
	v, err := follow(c).Verify(t.Context(), post(urlencoded, "text=more&email=eve@evil.example"))
	require.NoError(t, err)
	es, err := follow(c).Envelopes(v)
	require.NoError(t, err)
	require.Equal(t, first.Order, es[0].Order)
	ins, err := c.Parse(es[0])
	require.NoError(t, err)
	require.Equal(t, []desk.Inbound{{
		Kind: desk.InMessage, ID: es[0].Dedup, Form: "main", Lang: "en", From: ann, Text: "more", Follows: "submission1",
	}}, ins)
}

// Nobody but the receiver says what a submission follows.
func TestFormCantClaimToFollow(t *testing.T) {
	c := form(t)
	ins, err := c.Parse(envelope(t, c, post(urlencoded, goodForm+"&follows=submission1&from=bob@shop.example")))
	require.NoError(t, err)
	require.Empty(t, ins[0].Follows)
	require.Equal(t, "ann@shop.example", ins[0].From.ID)
}

// A double click is one message; the same words from a page opened anew are another.
func TestFollowUpDedup(t *testing.T) {
	f := follow(form(t))
	id := func(body string, after time.Duration) string {
		r := post(urlencoded, body)
		r.At = r.At.Add(after)
		v, err := f.Verify(t.Context(), r)
		require.NoError(t, err)
		es, err := f.Envelopes(v)
		require.NoError(t, err)
		return es[0].Dedup
	}
	require.Equal(t, id("text=yes&_id=n1", 0), id("text=yes&_id=n1", 24*time.Hour))
	require.NotEqual(t, id("text=yes&_id=n1", 0), id("text=yes&_id=n2", 0))
	require.NotEqual(t, id("text=yes&_id=n1", 0), id("text=no&_id=n1", 0))
	require.Equal(t, id("text=yes", 0), id("text=yes", time.Second))
	require.NotEqual(t, id("text=yes", 0), id("text=yes", time.Hour))
}

func TestFollowUpAnswers(t *testing.T) {
	f := follow(form(t))
	ask := func(r channel.Request) channel.Response {
		v, err := f.Verify(t.Context(), r)
		if err != nil {
			return f.Refuse(r, err)
		}
		return f.Ack(v)
	}
	resp := ask(post("application/json", `{"text":"more","_id":"n1"}`, "origin", "https://shop.example"))
	require.Equal(t, 200, resp.Status)
	require.Equal(t, "https://shop.example", resp.Header["access-control-allow-origin"])
	require.Regexp(t, `^{"id":"[0-9a-f]{20}","ok":true}$`, string(resp.Body))

	resp = ask(post(urlencoded, "text=more&_id=n1&_lang=zh-CN", "accept", browser))
	require.Equal(t, 303, resp.Status)
	require.Regexp(t, `^https://desk\.example\.com/t/token\?sent=[0-9a-f]{20}&lang=zh-CN$`, resp.Header["location"])

	resp = ask(post("application/json", `{"text":" ","_lang":"zh-CN"}`))
	require.Equal(t, 422, resp.Status)
	require.Contains(t, string(resp.Body), `"errors":[{"field":"text","message":"请填写此项。"}]`)

	resp = ask(post(urlencoded, "text=1234567890123456789012345678901234567890123456789+too+long&_lang=en", "accept", browser))
	require.Equal(t, 422, resp.Status)
	require.Contains(t, string(resp.Body), "too long</textarea>", "the words aren't lost")
	require.Contains(t, string(resp.Body), "Please use at most 50 characters.")
}
