package calendar

import (
	"strings"
	"time"
)

var chineseDays = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// Say names a moment to come as somebody says it now: 明天 09:00, tomorrow at 09:00, on
// Monday at 09:00; from a week on by its date. Both moments' clocks are read as they are,
// so both have to be in the zone of who says it. The zero time is "later".
func Say(lang string, now, at time.Time) string {
	zh := strings.HasPrefix(strings.ToLower(lang), "zh")
	days := dateAt(at).number() - dateAt(now).number()
	clock := at.Format("15:04")
	switch {
	case at.IsZero() && zh:
		return "稍后"
	case at.IsZero():
		return "later"
	case zh:
		return chineseDay(at, days) + " " + clock
	}
	return englishDay(at, days) + " at " + clock
}

func dateAt(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func chineseDay(at time.Time, days int) string {
	switch {
	case days <= 0:
		return "今天"
	case days == 1:
		return "明天"
	case days < 7:
		return chineseDays[at.Weekday()]
	}
	return at.Format("1月2日")
}

func englishDay(at time.Time, days int) string {
	switch {
	case days <= 0:
		return "today"
	case days == 1:
		return "tomorrow"
	case days < 7:
		return "on " + at.Weekday().String()
	}
	return at.Format("on 2 January")
}
