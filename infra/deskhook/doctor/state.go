package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxAnswer is the most that is read of an answer of the desk, in bytes.
const maxAnswer = 4 << 20

func decode(resp *http.Response, into any) error {
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("doctor: status %d", resp.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(into)
}

// state is what the local desk tells of itself: tokens and dead letters.
func (d *Doctor) state(ctx context.Context) []Finding {
	var st struct {
		Tokens []struct{ Channel, Account, Error string }
		Dead   map[string]int
	}
	if _, err := d.get(ctx, "/local/state", &st); err != nil {
		return []Finding{{Wrong, "desk", "it doesn't tell how its tokens and queues are: is it of another version?"}}
	}
	var out []Finding
	for _, t := range st.Tokens {
		out = append(out, token(t.Channel+"/"+t.Account, t.Error))
	}
	left := 0
	for _, name := range slices.Sorted(maps.Keys(st.Dead)) {
		if n := st.Dead[name]; n > 0 {
			left += n
			out = append(out, Finding{Wrong, "dead letters", fmt.Sprintf("%d in %s: nobody has done them; the console shows them under Dead letters", n, name)})
		}
	}
	if left == 0 {
		out = append(out, Finding{Good, "dead letters", "none"})
	}
	return out
}

// token tells how the last refresh went; loudly where every answer will fail until an
// operator acts.
func token(account, fault string) Finding {
	switch {
	case fault == "":
		return Finding{Good, "token", account + " has an access token"}
	case strings.Contains(fault, "40164"):
		return Finding{Wrong, "token", fmt.Sprintf("%s: WECHAT REFUSES THE CALLER'S ADDRESS (40164)\n"+
			"Put it on the allow list: 设置与开发 → 基本配置 → IP白名单. Until then no answer goes out on this account.\n"+
			"WeChat said: %s", account, fault)}
	}
	return Finding{Wrong, "token", account + ": " + fault}
}

// quarantineDays is over how many days the quarantine is counted, today included.
const quarantineDays = 7

// quarantine counts what nobody could read, through the API.
func (d *Doctor) quarantine(ctx context.Context) []Finding {
	if d.Token == "" {
		return []Finding{{Note, "quarantine", "not looked at: --token or DESKHOOK_API_TOKEN is needed"}}
	}
	total, reasons := 0, map[string]int{}
	for i := range quarantineDays {
		day := d.Now().UTC().AddDate(0, 0, -i).Format(time.DateOnly)
		status, err := d.quarantined(ctx, day, reasons)
		if err != nil {
			return []Finding{{Wrong, "quarantine", fmt.Sprintf("the API answers %d: is the token good, and of a lead or an admin?", status)}}
		}
	}
	for _, n := range reasons {
		total += n
	}
	if total == 0 {
		return []Finding{{Good, "quarantine", fmt.Sprintf("empty for the last %d days", quarantineDays)}}
	}
	out := []Finding{{Wrong, "quarantine", fmt.Sprintf("%d in the last %d days", total, quarantineDays)}}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		out = append(out, Finding{Wrong, "quarantine", fmt.Sprintf("%d × %s", reasons[why], why)})
	}
	return out
}

// maxPages bounds what is read of a day; more than that is a disaster already told of.
const maxPages = 20

func (d *Doctor) quarantined(ctx context.Context, day string, reasons map[string]int) (int, error) {
	query := "/v1/quarantine?limit=100&day=" + day
	cursor := ""
	for range maxPages {
		var page struct {
			Items []struct{ Channel, Account, Reason string }
			Next  *string `json:"next_cursor"`
		}
		if status, err := d.get(ctx, query+cursor, &page); err != nil {
			return status, err
		}
		for _, q := range page.Items {
			reasons[q.Channel+"/"+q.Account+": "+q.Reason]++
		}
		if page.Next == nil || *page.Next == "" {
			break
		}
		cursor = "&cursor=" + url.QueryEscape(*page.Next)
	}
	return http.StatusOK, nil
}
