package consolefn

import (
	"fmt"

	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/policy/release"
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
	p, err := v.Desk.Preview(v.r.Context(), v.act(), id, ticketing.Reply{Text: v.text(), Attachments: files}, windows.Hours)
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
	out := &preview{Warn: v.foreseen(p.Foreseen)}
	say := func(zh, en string, args ...any) { out.Lines = append(out.Lines, fmt.Sprintf(f.L(zh, en), args...)) }
	switch {
	case p.Address.ID == "":
		say("客户没有留下联系方式，回复会显示在进度页", "No address was left: the answer appears on the status page")
	case p.Why == "":
		say("通过%s发送至 %s", "By %s to %s", journal.Channel(p.Address.Channel, v.lang), p.Address.Label(v.lang))
	}
	if p.Window.Left > 0 && p.Window.Open(v.now) {
		say("还可回复 %d 条，截止 %s", "%d more until %s", p.Window.Left, f.Short(p.Window.Until))
	}
	if len(p.Pieces) > 1 {
		say("分 %d 条消息发出", "In %d messages", len(p.Pieces))
	}
	if p.By() == desk.SMS {
		n, characters := smsOf(p.Pieces)
		say("共 %d 条短信、%d 个字符", "%d SMS, %d characters", n, characters)
	}
	if !p.Undo.IsZero() {
		say("发送后 %s内可以撤回", "Can be taken back for %s", f.duration(p.Undo.Sub(v.act().At)))
	}
	return out
}

// foreseen says what becomes of an answer that doesn't go to its address; "" where it does.
func (v *visit) foreseen(way ticketing.Foreseen) string {
	say := v.words().L
	why := say("微信当前不允许回复：客户超过 48 小时没有来信，或可回复的条数已用完。", "WeChat takes no answer now: the customer has not written for 48 hours, or the number of answers is used up. ")
	switch {
	case way.Why == "":
		return ""
	case way.Why != release.WindowClosed:
		return say("现在发送会失败：", "Sent now it fails: ") + journal.Why(way.Why, v.lang) + say("。", ".")
	case way.Notice != "":
		return journal.Words(fallback.NoticedAs(way.Notice), v.lang)
	case way.To.ID != "":
		to := v.shown([]string{way.To.Label(v.lang)})[0]
		return why + fmt.Sprintf(say("这条回复会改为通过%s发送至 %s。", "It goes by %s to %s instead."), journal.Channel(way.To.Channel, v.lang), to)
	}
	return why + say("客户没有其他可用的联系方式，现在发送会失败；客户再次来信后即可回复。", "There is no other way to them: sent now it fails. When they write again, it can be answered.")
}

// smsOf adds up what an answer's parts cost as SMS.
func smsOf(pieces []desk.Message) (n, characters int) {
	for _, m := range pieces {
		_, parts, chars := segments.Count(m.Text)
		n, characters = n+parts, characters+chars
	}
	return n, characters
}
