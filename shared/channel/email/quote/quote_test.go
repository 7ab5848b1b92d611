package quote_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/channel/email/quote"
)

// history is the text below what is cut: whatever language it is introduced in.
const history = "> Dear customer,\n> your order is on its way.\n"

// The promise: history is folded away in the languages mail programs write in.
func TestTextCutsQuotedHistory(t *testing.T) {
	for name, intro := range map[string]string{
		"en gmail":       "On Tue, Mar 5, 2024 at 10:00 AM Desk <help@example.com> wrote:",
		"en wrapped":     "On Tue, Mar 5, 2024 at 10:00 AM, the Example Help Desk\n<help@example.com> wrote:",
		"en no date":     "Desk <help@example.com> wrote:",
		"en thunderbird": "On 05/03/2024 10:00, Desk wrote:",
		"en 163":         "At 2024-03-05 10:00:00, \"Desk\" <help@example.com> wrote:",
		"zh gmail":       "Desk <help@example.com> 于2024年3月5日周二 10:00写道：",
		"zh apple":       "在 2024年3月5日，上午10:00，Desk <help@example.com> 写道：",
		"zh 163":         "在 2024-03-05 10:00:00，\"客服\" <help@example.com> 写道：",
		"zh-TW":          "Desk <help@example.com> 於 2024年3月5日 週二 上午10:00寫道：",
		"de":             "Am Di., 5. März 2024 um 10:00 Uhr schrieb Desk <help@example.com>:",
		"de apple":       "Am 05.03.2024 um 10:00 schrieb Desk:",
		"fr":             "Le mar. 5 mars 2024 à 10:00, Desk <help@example.com> a écrit :",
		"es":             "El mar, 5 mar 2024 a las 10:00, Desk (<help@example.com>) escribió:",
		"pt":             "Em ter., 5 de mar. de 2024 às 10:00, Desk <help@example.com> escreveu:",
		"it":             "Il giorno mar 5 mar 2024 alle ore 10:00 Desk <help@example.com> ha scritto:",
		"nl":             "Op di 5 mrt 2024 om 10:00 schreef Desk <help@example.com>:",
		"ja":             "2024年3月5日(火) 10:00 Desk <help@example.com>:",
		"ja wrote":       "2024/03/05 10:00、Desk <help@example.com>のメール:",
		"ru":             "5 марта 2024 г., в 10:00, Desk <help@example.com> написал(а):",
		"ru gmail":       "вт, 5 мар. 2024 г. в 10:00, Desk <help@example.com>:",
		"pl, not listed": "W dniu 5.03.2024 o 10:00, Desk pisze:",
		"nbsp":           "On\u00a05 Mar 2024, at\u202f10:00, Desk <help@example.com> wrote:",
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "My answer.", quote.Text("My answer.\n\n"+intro+"\n\n"+history, "Re: Order"))
		})
	}
}

// The promise: a separator or a header block begins the history, marked or not.
func TestTextCutsUnmarkedHistory(t *testing.T) {
	const rest = "\n\nDear customer,\nyour order is on its way.\n"
	for name, head := range map[string]string{
		"outlook en":  "-----Original Message-----\nFrom: Desk\nSent: Tuesday\nTo: Ann\nSubject: Order",
		"outlook zh":  "-----原始邮件-----\n发件人: Desk\n发送时间: 2024年3月5日\n收件人: Ann\n主题: 订单",
		"qq":          "------------------&nbsp;原始邮件&nbsp;------------------",
		"qq text":     "------------------ 原始邮件 ------------------\n发件人: \"客服\" <help@example.com>;\n发送时间: 2024年3月5日(星期二) 上午10:00\n收件人: \"王\"<wang@example.com>;\n主题: Re: 订单",
		"163 client":  "---- 回复的原邮件 ----\n| 发件人 | 客服 |\n| 日期 | 2024年03月05日 10:00 |",
		"de":          "-----Ursprüngliche Nachricht-----",
		"fr":          "-----Message d'origine-----",
		"block en":    "From: Desk <help@example.com>\nSent: Tuesday, March 5, 2024 10:00\nTo: Ann <ann@example.com>\nSubject: RE: Order",
		"block bold":  "*From:* Desk <help@example.com>\n*Sent:* Tuesday, March 5, 2024\n*To:* Ann\n*Subject:* RE: Order",
		"block ruled": "________________________________\nFrom: Desk <help@example.com>\nDate: Tuesday\nTo: Ann\nSubject: Order",
		"block zh":    "发件人：客服 <help@example.com>\n日期：2024年3月5日 星期二 10:00\n收件人：王 <wang@example.com>\n主题：Re: 订单",
		"block zh-TW": "寄件者: 客服\n寄件日期: 2024年3月5日\n收件者: 王\n主旨: 訂單",
		"block de":    "Von: Desk\nGesendet: Dienstag, 5. März 2024 10:00\nAn: Ann\nBetreff: AW: Bestellung",
		"block fr":    "De : Desk\nEnvoyé : mardi 5 mars 2024 10:00\nÀ : Ann\nObjet : RE: Commande",
		"block es":    "De: Desk\nEnviado el: martes, 5 de marzo de 2024\nPara: Ann\nAsunto: RE: Pedido",
		"block pt":    "De: Desk\nEnviada em: terça-feira\nPara: Ann\nAssunto: RE: Pedido",
		"block it":    "Da: Desk\nInviato: martedì\nA: Ann\nOggetto: R: Ordine",
		"block nl":    "Van: Desk\nVerzonden: dinsdag\nAan: Ann\nOnderwerp: RE: Bestelling",
		"block ru":    "От: Desk\nОтправлено: 5 марта\nКому: Ann\nТема: RE: Заказ",
		"block ja":    "差出人: Desk\n送信日時: 2024年3月5日\n宛先: Ann\n件名: RE: 注文",
		"no marks":    "On Tue, Mar 5, 2024 at 10:00 AM Desk <help@example.com> wrote:",
	} {
		t.Run(name, func(t *testing.T) {
			head = strings.ReplaceAll(head, "&nbsp;", "\u00a0")
			require.Equal(t, "My answer.", quote.Text("My answer.\r\n\r\n"+head+rest, "Re: Order"))
		})
	}
}

// The promise: when unsure, keep.
func TestTextKeeps(t *testing.T) {
	for name, c := range map[string]struct{ subject, text string }{
		"inline answers":      {"Re: x", "On 5 Mar 2024 at 10:00, Desk wrote:\n> First?\nYes.\n> Second?\nNo."},
		"answer below":        {"Re: x", "On 5 Mar 2024 at 10:00, Desk wrote:\n> First?\n\nYes, please."},
		"forwarded, marked":   {"", "See below.\n\n---------- Forwarded message ---------\nFrom: Shop\nDate: Tue\nSubject: Offer\nTo: Ann\n\nBuy!"},
		"forwarded, apple":    {"", "See below.\n\nBegin forwarded message:\n\nFrom: Shop\nDate: Tue\nSubject: Offer\nTo: Ann\n\nBuy!"},
		"forwarded, qq":       {"转发：订单", "请看\n\n------------------ 原始邮件 ------------------\n发件人: 商店\n发送时间: 周二\n收件人: 王\n主题: 订单"},
		"forwarded, outlook":  {"FW: Offer", "See below.\n\nFrom: Shop\nSent: Tuesday\nTo: Ann\nSubject: Offer\n\nBuy!"},
		"forwarded, German":   {"WG: Angebot", "Siehe unten.\n\nVon: Shop\nGesendet: Dienstag\nAn: Ann\nBetreff: Angebot"},
		"only history":        {"Re: x", "> nothing\n> but\n> quotes"},
		"fenced code":         {"Re: x", "It prints:\n```\nOn Tue, Mar 5, 2024 at 10:00 a@b.c wrote:\n> x\n> y\n> z\n```"},
		"shell prompt":        {"Re: x", "I typed this\n> go test"},
		"led over to":         {"Re: x", "Your page says:\n> free\n> shipping\n> today"},
		"a story":             {"Re: x", "On Monday my brother wrote:\nI want a refund.\nAnd he is right."},
		"one label":           {"Re: x", "From: Berlin\nwe drove to Rome."},
		"a form relayed":      {"Form", "From: Ann\nDate: 5 March\nTo: you\nSubject: Chairs\n\nI want chairs."},
		"dashes in a list":    {"Re: x", "--\nwhat begins with dashes"},
		"chinese with colon":  {"Re: x", "他在信里写道：\n请退款\n谢谢"},
		"original, not alone": {"Re: x", "The -----Original Message----- line is odd\nisn't it"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.text, quote.Text(c.text, c.subject)) })
	}
}

// The promise: inline answers stay, the untouched history below them goes with the
// signature.
func TestTextCutsSignature(t *testing.T) {
	require.Equal(t, "Thanks!", quote.Text("Thanks!\n-- \nAnn Lee\n+49 30 1234", "Re: x"))
	require.Equal(t, "Thanks!", quote.Text("Thanks!\n-- \nAnn Lee\n\nOn 5 Mar 2024 at 10:00, Desk wrote:\n> hello\n", "Re: x"))
	long := "Prices:\n--\n" + strings.Repeat("one more line\n", 30)
	require.Equal(t, strings.TrimSpace(long), quote.Text(long, "Re: x"))
}

func TestIsForward(t *testing.T) {
	for subject, want := range map[string]bool{
		"Fwd: x": true, "FW: x": true, "WG: x": true, "转发：x": true, "轉寄: x": true, "TR : x": true,
		"Re: Fwd: x": false, "Forward planning": false, "回复：x": false, "": false,
	} {
		require.Equal(t, want, quote.IsForward(subject), subject)
	}
}

// The promise: what is kept is a part of the text, and never nothing.
func TestTextIsAPartNeverEmpty(t *testing.T) {
	line := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"> q", "", "-- ", "```", "On 5 Mar 2024 at 10:00, A <a@b.c> wrote:", "-----Original Message-----",
		"From: a", "To: b", "Subject: c", "Date: d", "answer", "写道：", "Begin forwarded message:",
	}))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 0, 20).Draw(t, "lines"), "\n")
		got := quote.Text(text, rapid.SampledFrom([]string{"", "Re: x", "Fwd: x"}).Draw(t, "subject"))
		whole := strings.ReplaceAll(text, "\r\n", "\n")
		require.Contains(t, whole, got)
		require.Equal(t, strings.TrimSpace(whole) == "", got == "")
	})
}

func FuzzText(f *testing.F) {
	f.Add("My answer.\n\nOn Tue, Mar 5, 2024 at 10:00 AM Desk <help@example.com> wrote:\n"+history, "Re: x")
	f.Add("------------------ 原始邮件 ------------------\n发件人: a\n主题: b", "转发: x")
	f.Fuzz(func(t *testing.T, text, subject string) {
		got := quote.Text(text, subject)
		require.Equal(t, strings.TrimSpace(text) == "", got == "")
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(got))
		}
	})
}
