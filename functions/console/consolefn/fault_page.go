package consolefn

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
)

// fail shows what went wrong: what kind of thing, at which field, and what the agent
// had typed. A fault without a kind shows nothing of itself. Where the store may be what is
// wrong, the header that reads it is left out: what was typed would wait for it, and be lost.
func (c *console) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	kind := desk.KindOf(err)
	p := faultPage{frame: frame{Page: look.NewPage(r, look.Lang(r, ""), "", time.UTC)}}
	if v != nil {
		p.frame = v.frame("", "出错了", "Something is wrong")
		p.Wrote, p.Back = p.typedIn(r.PostForm), v.back()
		if kind == desk.Transient || kind == desk.Throttled {
			p.Agent = config.Agent{}
		}
	}
	p.Head = p.L(kindHeads[kind][0], kindHeads[kind][1])
	p.Field, p.Text = p.saidOf(err)
	page, err := c.kit.Execute("fault", p)
	if err != nil && v != nil { // the header reads a little of its own
		p.Agent = config.Agent{}
		page, err = c.kit.Execute("fault", p)
	}
	if err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	look.Write(w, r, kindStatus[kind], page)
}

// saidOf are a fault's field and words, as the page has them.
func (f frame) saidOf(err error) (field, text string) {
	var e *desk.Error
	if !errors.As(err, &e) {
		return "", ""
	}
	return f.fieldName(e.Field), f.L(inChinese(e.Text), e.Text)
}

// back leads from what a form did to the page that has the form: the ticket's or the
// customer's that the address names.
func (v *visit) back() choice {
	path := v.r.URL.Path
	number, ok := desk.ParseNumber(v.r.PathValue("number"))
	say := look.Page{Lang: v.lang}.L
	list := choice{Name: say("回到工单列表", "Back to the tickets"), URL: "/console"}
	switch {
	case v.r.Method != http.MethodPost:
		return list
	case ok:
		return choice{Name: say("回到工单 ", "Back to ") + number.Number(), URL: link(number).URL}
	case strings.HasPrefix(path, "/console/customers/"):
		return choice{Name: say("回到客户", "Back to the customer"), URL: "/console/customers/" + url.PathEscape(v.r.PathValue("id"))}
	}
	for _, page := range []string{"settings", "exports", "recoveries", "quarantine", "dead-letters", "deliveries", "topics", "feedback", "notices", "new"} {
		if at := "/console/" + page; path == at || strings.HasPrefix(path, at+"/") {
			return choice{Name: say("返回", "Back"), URL: at}
		}
	}
	return list
}
