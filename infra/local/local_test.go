package local_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var client = &http.Client{Timeout: 10 * time.Second}

// start runs a whole desk behind a test server, with the settings changed.
func start(t *testing.T, change ...func(*config.Settings)) (*local.Desk, string) {
	return startBy(t, runner.RealClock{}, nil, change...)
}

// startBy is start by a clock and in an environment of the test's own.
func startBy(t *testing.T, clock runner.Clock, env map[string]string, change ...func(*config.Settings)) (*local.Desk, string) {
	src, err := os.ReadFile("../desk.yaml")
	require.NoError(t, err)
	s, _, err := config.Load(src, "desk.yaml")
	require.NoError(t, err)
	for _, c := range change {
		c(s)
	}
	tpl, err := template.Load("../../template.yaml", nil)
	require.NoError(t, err)
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	d, err := local.Open(local.Options{
		Dir: t.TempDir(), Template: tpl, Settings: s, PublicURL: base, Getenv: func(name string) string { return env[name] },
		Clock: clock, NoSync: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	require.NoError(t, err)
	srv.Config.Handler = d.Handler()
	srv.Start()
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- d.Run(ctx) }()
	t.Cleanup(func() {
		srv.Close()
		cancel()
		<-ran
		require.NoError(t, d.Close())
	})
	return d, base
}

// call makes a webhook call that must be taken.
func call(t *testing.T, req *http.Request, err error) {
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// tickets waits until there are n new tickets.
func tickets(t *testing.T, d *local.Desk, n int) []desk.Ticket {
	var out []desk.Ticket
	require.Eventually(t, func() bool {
		rows, _, err := d.Store.MergeTickets(context.Background(), []store.List{{Team: "support", Status: desk.StatusNew}}, 50, true)
		require.NoError(t, err)
		out = nil
		for _, r := range rows {
			out = append(out, r.Value)
		}
		return len(out) >= n
	}, 20*time.Second, 20*time.Millisecond)
	return out
}

// The whole path on one machine: what customers send on four channels becomes tickets,
// and the answers reach them.
func TestFourChannels(t *testing.T) {
	d, base := start(t)
	now := time.Now()
	w, err := d.WeChat(base)
	require.NoError(t, err)
	req, err := w.Text("oAlice", "1001", "我要退款", now)
	call(t, req, err)
	tw, err := d.Twilio(base)
	require.NoError(t, err)
	req, err = tw.Message("+14155550123", "SM00000000000000000000000000000001", "Where is my order?")
	call(t, req, err)
	req, err = provider.Form(base, "contact", map[string]string{"name": "Bo", "email": "bo@customer.example", "topic": "order", "message": "Hello"})
	call(t, req, err)
	require.NoError(t, d.Mail(t.Context(), "", provider.Mail{
		From: "cy@customer.example", FromName: "Cy", To: d.MailAddress(), Subject: "Delivery", Text: "Where is it?",
		MessageID: "m1@customer.example", At: now,
	}.Bytes()))

	seen := map[desk.Channel]bool{}
	s := &ticketing.Desk{Store: d.Store, Settings: (&config.Snapshot{Blob: d.World.Blob, Now: time.Now}).Current}
	for i, tk := range tickets(t, d, 4) {
		seen[tk.From.Channel] = true
		_, err := s.Reply(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: time.Now()},
			tk.ID, ticketing.Reply{Text: fmt.Sprintf("answer %d", i)})
		require.NoError(t, err)
	}
	require.Len(t, seen, 4)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for c, n := range map[desk.Channel]int{desk.WeChat: 1, desk.SMS: 1, desk.Email: 2} { // the form is answered by mail
		_, err := d.Standin.Wait(ctx, standin.Filter{Channel: c, Outgoing: true}, n)
		require.NoError(t, err, "%s", c)
	}
}

// What customers send as pictures lies with the provider at first, and a moment later
// with the desk; a voice message has its transcript for a text and the sound beside it.
func TestMediaIsFetched(t *testing.T) {
	d, base := start(t)
	now := time.Now()
	w, err := d.WeChat(base)
	require.NoError(t, err)
	req, err := w.Image("oPict", "2001", d.Standin.WeChatMedia("image/jpeg", "M1.jpg", []byte("a picture")), now)
	call(t, req, err)
	req, err = w.Voice("oVoice", "2002", d.Standin.WeChatMedia("audio/amr", "", []byte("#!AMR")), "什么时候发货", now)
	call(t, req, err)
	req, err = w.Image("oLate", "2003", "long-gone", now)
	call(t, req, err)
	tw, err := d.Twilio(base)
	require.NoError(t, err)
	req, err = tw.Picture("+14155550177", "MM00000000000000000000000000000001", "look", d.Standin.TwilioMedia(tw.AccountSID, "image/png", []byte("another")), "image/png")
	call(t, req, err)

	want := map[string]struct{ text, data, fault string }{
		"oPict": {"[图片 Image]", "a picture", ""}, "oVoice": {"什么时候发货", "#!AMR", ""},
		"oLate": {"[图片 Image]", "", "media.gone"}, "+14155550177": {"look", "another", ""},
	}
	for _, tk := range tickets(t, d, len(want)) {
		var m desk.Message
		require.Eventually(t, func() bool {
			rows, _, err := d.Store.Messages(context.Background(), tk.ID, "", 5, false)
			require.NoError(t, err)
			m = rows[0].Value
			return !m.Attachments[0].Waiting()
		}, 20*time.Second, 20*time.Millisecond)
		a := m.Attachments[0]
		require.Equal(t, want[tk.From.ID].text, m.Text)
		require.Equal(t, want[tk.From.ID].fault, a.Fault)
		if a.Fault == "" {
			data, err := d.World.Blob.Get(t.Context(), a.Blob, 0)
			require.NoError(t, err)
			require.Equal(t, want[tk.From.ID].data, string(data))
		}
	}
}

// An agent's picture reaches a WeChat customer behind the text, each as a message of its
// own; what WeChat can't carry is refused before anything is written.
func TestPictureToWeChat(t *testing.T) {
	d, base := start(t)
	w, err := d.WeChat(base)
	require.NoError(t, err)
	req, err := w.Text("oAlice", "3001", "在哪里取件", time.Now())
	call(t, req, err)
	tk := tickets(t, d, 1)[0]
	require.NoError(t, d.World.Blob.Put(t.Context(), "files/map", []byte("a map"), blob.Options{ContentType: "image/png"}))
	s := &ticketing.Desk{Store: d.Store, Settings: (&config.Snapshot{Blob: d.World.Blob, Now: time.Now}).Current}
	reply := func(kind string) error {
		_, err := s.Reply(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: time.Now()}, tk.ID,
			ticketing.Reply{Text: "这里", Attachments: []desk.Attachment{{Name: "地图.png", Type: kind, Size: 5, Blob: "files/map"}}})
		return err
	}
	require.Equal(t, desk.Invalid, desk.KindOf(reply("application/pdf")))
	require.NoError(t, reply("image/png"))
	var got []standin.Message
	require.Eventually(t, func() bool {
		got = d.Standin.List(standin.Filter{Channel: desk.WeChat, Outgoing: true})
		return len(got) > 0 && len(got[len(got)-1].Files) > 0
	}, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, []string{"image.png"}, got[len(got)-1].Files)
	require.Equal(t, "这里", got[len(got)-2].Text, "the text goes first")
}
