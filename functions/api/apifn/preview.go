package apifn

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// previewBody is the body of POST /v1/tickets/{number}/messages/preview.
type previewBody struct {
	Text    string   `json:"text"`
	Uploads []string `json:"uploads"`
}

type previewView struct {
	Via       *viaView    `json:"via"`
	Refused   bool        `json:"refused"`
	Why       *string     `json:"why"`
	Window    *windowView `json:"window"`
	Messages  []pieceView `json:"messages"`
	Segments  *int        `json:"segments"`
	Notice    *string     `json:"notice"`
	Fallback  *viaView    `json:"fallback"`
	UndoUntil *time.Time  `json:"undo_until"`
}

type windowView struct {
	Open  bool       `json:"open"`
	Until *time.Time `json:"until"`
	Left  *int       `json:"left"`
}

type pieceView struct {
	Text       string   `json:"text"`
	Files      []string `json:"files"`
	Characters int      `json:"characters"`
	Encoding   *string  `json:"encoding"`
	Segments   *int     `json:"segments"`
}

// preview tells how an answer would go out, and writes nothing.
func (a *api) preview(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var b previewBody
	if err := c.body(&b); err != nil {
		return err
	}
	if strings.TrimSpace(b.Text) == "" && (b.Text != "" || len(b.Uploads) == 0) {
		return badField("text", "is empty")
	}
	t, err := a.ticket(c)
	if err != nil {
		return err
	}
	files, _, err := a.openUploads(c, b.Uploads, t.Value.AnswerTo())
	if err != nil {
		return err
	}
	window := a.Window
	if window == nil {
		window = func(*config.Settings, desk.Identity, time.Time) channel.Hours { return channel.Hours{Left: -1} }
	}
	p, err := a.Desk.Preview(c.ctx, ticketing.Act{By: c.by, At: c.at}, t.Value.ID, ticketing.Reply{Text: b.Text, Attachments: files}, window)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewPreview(p, c.at, c.lang()))
}

func viewPreview(p ticketing.Preview, at time.Time, lang string) previewView {
	v := previewView{
		Via: orNoVia(p.Address), Refused: p.Why != "" && p.Notice == "" && p.To.ID == "", Messages: []pieceView{},
		Fallback: orNoVia(p.To), UndoUntil: moment(p.Undo),
	}
	if p.Why != "" {
		why := journal.Why(p.Why, lang)
		v.Why = &why
	}
	if w := p.Window; !w.Until.IsZero() || w.Left >= 0 {
		v.Window = &windowView{Open: w.Open(at), Until: moment(w.Until)}
		if w.Left >= 0 {
			v.Window.Left = &w.Left
		}
	}
	if p.Notice != "" {
		v.Notice = &p.Notice
	}
	by := p.By()
	for _, m := range p.Pieces {
		v.Messages = append(v.Messages, viewPiece(m, by))
	}
	if by == desk.SMS {
		v.Segments = new(int)
		for _, m := range v.Messages {
			*v.Segments += *m.Segments
		}
	}
	return v
}

func viewPiece(m desk.Message, by desk.Channel) pieceView {
	v := pieceView{Text: m.Text, Files: []string{}, Characters: utf8.RuneCountInString(m.Text)}
	for _, f := range m.Attachments {
		v.Files = append(v.Files, f.Name)
	}
	if by == desk.SMS {
		encoding, n, characters := segments.Count(m.Text)
		v.Encoding, v.Segments, v.Characters = &encoding, &n, characters
	}
	return v
}

func orNoVia(a desk.Address) *viaView {
	if a.ID == "" {
		return nil
	}
	v := via(a)
	return &v
}
