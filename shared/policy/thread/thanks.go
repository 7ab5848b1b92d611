package thread

import (
	"slices"
	"strings"
	"unicode"

	"github.com/deskhook/deskhook/shared/desk"
)

// thanksLength is the longest text that counts as thanks alone, in characters.
const thanksLength = 60

// Words of thanks, and what goes along with them and asks for nothing, in lower case
// without punctuation. Chinese and Japanese stand without spaces.
var (
	thanks = words(`thanks; thank you; thank u; thx; tks; thks; ty; many thanks; cheers; much appreciated; appreciated; appreciate it; i appreciate it
		谢谢; 谢谢你; 谢谢您; 谢谢你们; 谢了; 谢啦; 谢; 多谢; 感谢; 非常感谢; 十分感谢; 感谢您; 万分感谢; 感恩; 辛苦了; 辛苦啦; 您辛苦了; 麻烦了; 麻烦您了; 3q; 謝謝; 謝謝您; 多謝; 感謝; 非常感謝; 唔該
		ありがとう; ありがとうございます; ありがとうございました; 감사합니다; 고맙습니다; 고마워요
		danke; danke schön; danke schon; vielen dank; merci; merci beaucoup; gracias; muchas gracias; obrigado; obrigada; muito obrigado; muito obrigada
		grazie; grazie mille; спасибо; большое спасибо; спасибо большое; bedankt; dank je; dank u; tack; tak; takk; dziękuję; cảm ơn; terima kasih; ขอบคุณ; شكرا; धन्यवाद
		🙏; 🌹; 💐; ❤; 😊; ☺; 🥰; 😘; 🤝; 玫瑰; 抱拳; 合十; 爱心`)
	besides = words(`you; so much; very much; a lot; a million; again; all; team; everyone; for your help; for the help; for your quick reply; for the quick reply; have a nice day; have a great day; great; perfect; it works; it works now; all good now; solved
		非常; 真的; 太; 了; 啦; 哈; 呀; 哦; 您; 你; 你们; 客服; 亲; 的帮助; 解决了; 已解决; 收到了; 再次; 很; 😀; 😄; 😁; 🎉; ✨; 微笑; 呲牙; 愉快`)
	assents = words(`ok; okay; yes; sure; got it; noted; alright; fine; 好; 好的; 好滴; 行; 可以; 是; 是的; 嗯; 嗯嗯; 收到; 知道了; 明白; 明白了; 了解; 👍; 👌; 强`)
)

func words(s string) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		for w := range strings.SplitSeq(line, ";") {
			if w = strings.TrimSpace(w); w != "" {
				out = append(out, w)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// thanksOnly says whether a message is nothing but thanks to a ticket that waits for
// nothing else. "OK, thanks" may answer a question of the desk's, so it counts only
// once the ticket is over.
func thanksOnly(in desk.Inbound, st desk.Status) bool {
	if in.Automatic != "" || len(in.Attachments) > 0 || len(in.Fields) > 0 || st == desk.StatusSpam {
		return false
	}
	said, assent := Thanks(in.Text)
	return said && (!assent || !st.Active())
}

// Thanks says whether a text is thanks and nothing else, in any of the languages known,
// and whether it also agrees to something.
func Thanks(text string) (said, assent bool) {
	if len([]rune(text)) > thanksLength || strings.ContainsAny(text, "?？") {
		return false, false
	}
	rest := plain(text)
	for rest != "" {
		w, kind := first(rest)
		if w == "" {
			return false, false
		}
		said = said || kind == isThanks
		assent = assent || kind == isAssent
		rest = strings.TrimLeft(rest[len(w):], " ")
	}
	return said, said && assent
}

type kind int

const (
	isThanks kind = iota
	isBeside
	isAssent
)

// first is the longest known word at the beginning of a text.
func first(s string) (word string, k kind) {
	for i, list := range [][]string{thanks, besides, assents} {
		for _, w := range list {
			if len(w) > len(word) && strings.HasPrefix(s, w) && ends(w, s[len(w):]) {
				word, k = w, kind(i)
			}
		}
	}
	return word, k
}

// ends says whether a word written with spaces ends where rest begins.
func ends(w, rest string) bool {
	last := []rune(w)[len([]rune(w))-1]
	if rest == "" || !unicode.IsLetter(last) || unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		return true
	}
	next := []rune(rest)[0]
	return !unicode.IsLetter(next) && !unicode.IsDigit(next) || unicode.In(next, unicode.Han)
}

// plain leaves words and emoji: no punctuation, no variation of an emoji's looks, one
// space between words.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0xFE0F || r == 0x200D || r >= 0x1F3FB && r <= 0x1F3FF:
			return -1
		case unicode.IsPunct(r) || unicode.IsSpace(r) || r == '~' || r == '～':
			return ' '
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
