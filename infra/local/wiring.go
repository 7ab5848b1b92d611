package local

import (
	"context"
	"log/slog"
	"time"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/functions/deadletters/deadlettersfn"
	"github.com/deskhook/deskhook/functions/delivery/deliveryfn"
	"github.com/deskhook/deskhook/functions/email/emailfn"
	"github.com/deskhook/deskhook/functions/figures/figuresfn"
	"github.com/deskhook/deskhook/functions/generic/genericfn"
	"github.com/deskhook/deskhook/functions/jobs/jobsfn"
	"github.com/deskhook/deskhook/functions/portal/portalfn"
	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/functions/schedule/schedulefn"
	"github.com/deskhook/deskhook/functions/sms/smsfn"
	"github.com/deskhook/deskhook/functions/surveys/surveysfn"
	"github.com/deskhook/deskhook/functions/tickets/ticketsfn"
	"github.com/deskhook/deskhook/functions/tokens/tokensfn"
	"github.com/deskhook/deskhook/functions/webform/webformfn"
	"github.com/deskhook/deskhook/functions/wechat/wechatfn"
	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/phone/plans"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// World is what the functions touch: the seams at which a simulation takes hold.
type World struct {
	Table   table.Table
	Queue   queue.Queue
	Dead    queue.Taker // of the queues of dead letters
	Blob    blob.Store
	HTTP    channel.Doer // the providers
	Now     func() time.Time
	Rand    func([]byte) // names of delivery's holders
	Pause   func(context.Context, int) error
	Secrets config.Lookup
	Log     *slog.Logger

	PublicURL     string
	LocalPassword string // of the console's local sign-in
	APIToken      string // a service token of the API
}

// snapshot gives an instance the settings in force.
func (d *Desk) snapshot() *config.Snapshot {
	return &config.Snapshot{Blob: d.World.Blob, Now: d.World.Now, PublicURL: d.World.PublicURL}
}

func (d *Desk) ticketing(s *config.Snapshot) *ticketing.Desk {
	return &ticketing.Desk{Store: d.Store, Settings: s.Current, Key: d.key, Pause: d.World.Pause, Phone: plans.E164}
}

func (d *Desk) senders(s *config.Snapshot) *senders.Makers {
	return &senders.Makers{
		Settings: s.Current, Secrets: d.World.Secrets, Store: d.Store, Key: d.key, HTTP: d.World.HTTP,
		Now: d.World.Now, Region: "us-east-1", ConfigurationSet: "deskhook", Callbacks: d.callbacks,
	}
}

// callbacks reaches programs on this machine, where the account allows it, and nobody
// else: beyond it there is only the stand-in.
func (d *Desk) callbacks(allowLoopback bool) channel.Doer {
	if allowLoopback {
		return generic.Client(true)
	}
	return d.World.HTTP
}

// functions makes the constructors of all functions. Each call of one is a cold start.
func (d *Desk) functions() map[string]runner.Constructor {
	all := map[string]runner.Constructor{}
	for name, make := range map[string]func(*config.Snapshot) any{
		"wechat": d.wechat, "sms": d.sms, "webform": d.webform, "generic": d.generic, "email": d.email,
		"tickets": d.tickets, "relay": d.relay, "figures": d.figures, "delivery": d.delivery,
		"schedule": d.schedule, "surveys": d.surveys, "tokens": d.tokens, "jobs": d.jobs,
		"deadletters": d.deadletters, "portal": d.portal, "console": d.console, "api": d.api,
	} {
		all[name] = func(func(string) string) (any, error) { return make(d.snapshot()), nil }
	}
	return all
}

func (d *Desk) wechat(s *config.Snapshot) any {
	w := d.World
	return (&wechatfn.Handler{Settings: s.Current, Secrets: w.Secrets, Queue: w.Queue, Blob: w.Blob, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) sms(s *config.Snapshot) any {
	w := d.World
	return (&smsfn.Handler{Settings: s.Current, Secrets: w.Secrets, Queue: w.Queue, Blob: w.Blob, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) generic(s *config.Snapshot) any {
	w := d.World
	return (&genericfn.Handler{Settings: s.Current, Secrets: w.Secrets, Queue: w.Queue, Blob: w.Blob, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) webform(s *config.Snapshot) any {
	w := d.World
	return (&webformfn.Handler{Settings: s.Current, Secrets: w.Secrets, HTTP: w.HTTP, Queue: w.Queue, Blob: w.Blob, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) email(s *config.Snapshot) any {
	w := d.World
	return (&emailfn.Handler{Settings: s.Current, Queue: w.Queue, Blob: w.Blob, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) tickets(s *config.Snapshot) any {
	w := d.World
	return (&ticketsfn.Handler{Desk: d.ticketing(s), Blob: w.Blob, Queue: w.Queue, Parse: builtin.Parse(s.Current), Log: w.Log}).Handle
}

func (d *Desk) relay(s *config.Snapshot) any {
	return (&relayfn.Handler{Queue: d.World.Queue, Blob: d.World.Blob, Settings: s.Current, Log: d.World.Log}).Handle
}

func (d *Desk) figures(s *config.Snapshot) any {
	return (&figuresfn.Figures{Store: d.Store, Settings: s.Current, Pause: d.World.Pause}).Handle
}

func (d *Desk) delivery(s *config.Snapshot) any {
	w := d.World
	return (&deliveryfn.Handler{
		Store: d.Store, Settings: s.Current, Blob: w.Blob, Sender: d.senders(s).Sender, Now: w.Now, Worker: d.newID, Log: w.Log, Pause: w.Pause,
	}).Handle
}

func (d *Desk) schedule(*config.Snapshot) any {
	w := d.World
	return (&schedulefn.Handler{Store: d.Store, Queue: w.Queue, Now: w.Now, Log: w.Log, Index: d.index}).Handle
}

func (d *Desk) surveys(s *config.Snapshot) any {
	return (&surveysfn.Handler{Desk: d.ticketing(s), Window: d.senders(s).Window, Log: d.World.Log}).Handle
}

func (d *Desk) tokens(s *config.Snapshot) any {
	w := d.World
	fetch := map[desk.Channel]tokensfn.Fetch{desk.WeChat: d.senders(s).Fetch}
	return (&tokensfn.Handler{Store: d.Store, Settings: s.Current, Fetch: fetch, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) jobs(s *config.Snapshot) any {
	w := d.World
	return (&jobsfn.Handler{
		Store: d.Store, Desk: d.ticketing(s), Blob: w.Blob, Queue: w.Queue, Media: d.senders(s).Media, WhoIs: d.senders(s).WhoIs,
		Sender: d.senders(s).Sender, Callbacks: d.callbacks, Settings: s.Current, Secrets: w.Secrets, Now: w.Now, Log: w.Log,
	}).Handle
}

func (d *Desk) deadletters(*config.Snapshot) any {
	w := d.World
	return (&deadlettersfn.Handler{Store: d.Store, Dead: w.Dead, Blob: w.Blob, Now: w.Now, Log: w.Log}).Handle
}

func (d *Desk) portal(s *config.Snapshot) any {
	return lambdaevent.HTTP(portalfn.New(portalfn.Deps{
		Desk: d.ticketing(s), Store: d.Store, Blob: d.World.Blob, Settings: s.Current, Key: d.key, Now: d.World.Now,
	}))
}

func (d *Desk) console(s *config.Snapshot) any {
	w := d.World
	return lambdaevent.HTTP(consolefn.New(consolefn.Deps{
		Desk: d.ticketing(s), Store: d.Store, Blob: w.Blob, Settings: s.Current, Key: d.key, Now: w.Now,
		Local: true, LocalPassword: w.LocalPassword,
	}))
}

func (d *Desk) api(s *config.Snapshot) any {
	w := d.World
	door := &access.Door{Store: d.Store, Settings: s.Current, Secrets: func() []string { return []string{w.APIToken} }, Now: w.Now}
	return lambdaevent.HTTP(apifn.New(apifn.Deps{
		Desk: d.ticketing(s), Store: d.Store, Blob: w.Blob, Found: w.Blob, Settings: s.Current, Now: w.Now, Log: w.Log,
		Tokens:  door.Principal,
		Window:  windows.Hours,
		NoQuota: true,
	}))
}
