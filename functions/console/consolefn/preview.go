package consolefn

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// preview is how an answer would go out, in words. It is asked for by a button: some four
// reads, and none for a key.
type preview struct {
	Warn  string // it doesn't go as the ticket's page says
	Lines []string
}

// showPreview tells how the answer in the form would go out: to the page's script alone,
// or on a page that has the form again.
func (v *visit) showPreview() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	files, err := v.chosen()
	if err != nil {
		return err
	}
	window := func(id desk.Identity, at time.Time) ticketing.Hours {
		until, left := windows.Of(id, at)
		return ticketing.Hours{Until: until, Left: left}
	}
	p, err := v.Desk.Preview(v.r.Context(), v.act(), id, ticketing.Reply{Text: v.text(), Attachments: files}, window)
	if err != nil {
		return err
	}
	page := v.answerAgain(id, "发送前预览", "Before you send")
	page.Preview, page.Seen = v.inWords(page.frame, p), desk.MessageID(v.r.PostForm.Get("seen"))
	if v.r.PostForm.Get("part") != "" {
		return v.part("preview", page.Preview)
	}
	return v.write("answered", page)
}

func (v *visit) inWords(f frame, p ticketing.Preview) *preview {
	out, by := &preview{}, p.To
	say := func(zh, en string, args ...any) { out.Lines = append(out.Lines, fmt.Sprintf(f.L(zh, en), args...)) }
	switch why := journal.Why(p.Why, v.lang); {
	case p.To.ID == "":
		say("客户没有留下联系方式，回复会显示在进度页", "No address was left: the answer appears on the status page")
	case p.Why == "":
		say("通过%s发送至 %s", "By %s to %s", journal.Channel(by.Channel, v.lang), by.Label(v.lang))
	case p.Fallback.ID == "":
		out.Warn = fmt.Sprintf(f.L("无法送达：%s", "It can’t be sent: %s"), why)
	default:
		by = p.Fallback
		out.Warn = fmt.Sprintf(f.L("%s：改为通过%s发送至 %s", "%s: it goes by %s to %s instead"), why, journal.Channel(by.Channel, v.lang), by.Label(v.lang))
	}
	if p.Window.Left > 0 && p.Window.Open(v.now) {
		say("还可回复 %d 条，截止 %s", "%d more until %s", p.Window.Left, f.Short(p.Window.Until))
	}
	if len(p.Pieces) > 1 {
		say("分 %d 条消息发出", "In %d messages", len(p.Pieces))
	}
	if by.Channel == desk.SMS {
		n, characters := smsOf(p.Pieces)
		say("共 %d 条短信、%d 个字符", "%d SMS, %d characters", n, characters)
	}
	if !p.Undo.IsZero() {
		say("发送后 %s内可以撤回", "Can be taken back for %s", f.duration(p.Undo.Sub(v.act().At)))
	}
	return out
}

// smsOf adds up what an answer's parts cost as SMS.
func smsOf(pieces []desk.Message) (n, characters int) {
	for _, m := range pieces {
		_, parts, chars := segments.Count(m.Text)
		n, characters = n+parts, characters+chars
	}
	return n, characters
}
