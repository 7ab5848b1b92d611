package local

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/deskhook/deskhook/infra/local/home"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/deadletters"
)

// pages adds what only the local desk shows.
func (d *Desk) pages(mux *http.ServeMux) {
	page, err := home.New(home.Config{
		Desk: d.settings.Desk.Name.In, Zone: d.settings.Desk.Location(), Links: d.formLinks, Status: d.status, Folder: d.dir,
	})
	if err != nil { // its embedded pages are broken: any test shows it
		d.World.Log.Error("no home page", slog.String("err", err.Error()))
		return
	}
	outbox, err := standin.NewPages(d.Standin, d.settings.Desk.Name.In, d.settings.Desk.Location())
	if err != nil {
		d.World.Log.Error("no outbox page", slog.String("err", err.Error()))
		return
	}
	mux.Handle("GET /{$}", page)
	mux.Handle("GET "+home.Assets+"/", page)
	mux.Handle("/outbox", outbox)
	mux.Handle("/outbox/", outbox)
	mux.Handle("/outbox.json", outbox)
}

func (d *Desk) formLinks() []home.Link {
	var links []home.Link
	for _, f := range d.settings.Forms {
		links = append(links, home.Link{
			Icon: "webform", URL: "/forms/" + f.ID, TitleZH: f.Title.In("zh-CN"), TitleEN: f.Title.In("en"),
			TextZH: textOr(f.Intro, "zh-CN", "写给客服"), TextEN: textOr(f.Intro, "en", "Write to the desk"),
		})
	}
	return links
}

func textOr(t config.Text, lang, instead string) string {
	if s := t.In(lang); s != "" {
		return s
	}
	return instead
}

func (d *Desk) status() home.Status {
	s := home.Status{}
	s.Calls, s.Failed = d.Runner.Counts()
	for _, spec := range d.Queue.Specs() {
		st := d.Queue.Depth(spec.Name)
		n := st.Visible + st.InFlight + st.Delayed
		if spec.DLQ == "" {
			s.Dead += n
		} else {
			s.Waiting += n
		}
	}
	// A table that can't be read shows by itself; the page stands without it.
	counts, _ := deadletters.Desk{Store: d.Store}.Counts(context.Background())
	for _, c := range counts {
		s.Dead += c.Open
	}
	for _, c := range d.Runner.Recent() {
		s.Recent = append(s.Recent, home.Call{At: c.Start, Function: c.Function, Trigger: c.Trigger, Took: c.Took, Error: c.Error})
	}
	return s
}
