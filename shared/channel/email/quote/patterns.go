package quote

import (
	"regexp"
	"strings"
)

// attributions introduce a quotation, one pattern for each way of saying "on …, … wrote:".
// The languages are those whose mail programs put the line there by themselves.
var attributions = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(on|at)\b.{4,300}\bwrote:$`),
	regexp.MustCompile(`(?i)^.{1,200}\S@\S.{0,200}\bwrote:$`),
	regexp.MustCompile(`(?i)^.{1,200}\bwrote on\b.{4,200}:$`),
	regexp.MustCompile(`^[在于於].{4,300}(写道|寫道|写到|寫到) ?[:：]$`),
	regexp.MustCompile(`^.{1,200}[于於在] ?\d.{4,200}(写道|寫道|写到|寫到) ?[:：]$`),
	regexp.MustCompile(`(?i)^am .{4,300}\bschrieb\b.{0,200}:$`),
	regexp.MustCompile(`(?i)^.{1,200}\bschrieb am\b.{4,200}:$`),
	regexp.MustCompile(`(?i)^le .{4,300}\ba écrit ?:$`),
	regexp.MustCompile(`(?i)^el .{4,300}\bescribió ?:$`),
	regexp.MustCompile(`(?i)^(em|no dia|a) .{4,300}\bescreveu ?:$`),
	regexp.MustCompile(`(?i)^il .{4,300}\bha scritto ?:$`),
	regexp.MustCompile(`(?i)^op .{4,300}\bschreef\b.{0,200}:$`),
	regexp.MustCompile(`(?i)^.{4,300}(написала?|написал\(а\)|писала?|писал\(а\)|пишет) ?:$`),
	regexp.MustCompile(`^\d{4}[年/].{4,300}(書きました|のメール|<\S+@\S+>|wrote) ?[:：]$`),
	// Gmail in Russian, Ukrainian, Japanese and others: date, name, <address>, colon.
	regexp.MustCompile(`^.{0,200}\d{1,2}[:.]\d{2}.{0,200}<\S+@\S+> ?[:：]$`),
}

// exact marks an attribution that says when to the minute or from which address: a
// program wrote it, not a person telling a story.
var exact = regexp.MustCompile(`\S@\S|\d{1,2} ?[:：h.] ?\d{2}`)

// separator is the rule Outlook, QQ Mail, 163 and their like draw above the history.
var separator = regexp.MustCompile(`(?i)^[-_—=]{2,} ?(` + strings.Join([]string{
	`original message`, `original appointment`, `original-nachricht`, `ursprüngliche nachricht`,
	`message d['’]origine`, `message original`, `message initial`, `mensaje original`, `mensagem original`,
	`messaggio originale`, `oorspronkelijk bericht`, `исходное сообщение`, `元のメッセージ`,
	`原始邮件`, `原邮件`, `原始郵件`, `回复的原邮件`, `回复邮件`, `reply message`, `replied message`,
}, "|") + `) ?[-_—=]{2,}$`)

// forward introduces mail that is passed on: content, never history.
var forward = regexp.MustCompile(`(?i)^([-_—=]{2,} ?(` + strings.Join([]string{
	`forwarded message`, `forwarded mail`, `fwd`, `weitergeleitete nachricht`, `message transféré`,
	`mensaje reenviado`, `mensagem encaminhada`, `messaggio inoltrato`, `doorgestuurd bericht`,
	`пересылаемое сообщение`, `пересланное сообщение`, `転送メッセージ`, `転送されたメッセージ`,
	`转发邮件`, `转发邮件信息`, `转发的邮件`, `转发的原邮件`, `轉寄郵件`, `轉寄的郵件`,
}, "|") + `) ?[-_—=]{2,}|` +
	`(begin forwarded message|start of forwarded message|anfang der weitergeleiteten nachricht|` +
	`début du message réexpédié|début du message transféré|inicio del mensaje reenviado|` +
	`início da mensagem encaminhada|inizio messaggio inoltrato|начало переадресованного сообщения|` +
	`開始轉寄郵件|开始转发的邮件|以下是转发的邮件|転送されたメッセージ) ?[:：])$`)

// labels are the words of a header block, by what they stand for.
var labels = func() map[string]string {
	out := map[string]string{}
	for kind, words := range map[string]string{
		"from": "from|发件人|寄件者|寄件人|von|de|da|van|от|差出人|送信者|från|od|kimden|보낸 사람",
		"date": "sent|date|发送时间|发送日期|日期|时间|寄件日期|傳送日期|已傳送|傳送時間|發送時間|gesendet|datum|envoyé|envoyé le|enviado|enviado el|enviado em|fecha|enviada em|data|inviato|verzonden|отправлено|дата|送信日時|日時|skickat|보낸 날짜",
		"to":   "to|收件人|收件者|an|à|para|a|aan|кому|宛先|till|받는 사람",
		"subj": "subject|主题|主旨|标题|主題|betreff|objet|asunto|assunto|oggetto|onderwerp|тема|件名|ämne|제목",
		"cc":   "cc|抄送|副本|kopie|copie|копия|copia|kopia|참조",
	} {
		for _, w := range strings.Split(words, "|") {
			out[w] = kind
		}
	}
	return out
}()

// forwardSubject is the beginning of the subject of mail that is passed on.
var forwardSubject = regexp.MustCompile(`(?i)^(fwd?|fw|wg|tr|rv|enc|i|doorst|пересл|转发|轉寄|轉發|転送)\s*[:：]`)

// IsForward says whether a subject says of itself that the mail is passed on. An
// answer to a forwarded mail ("Re: Fwd: …") is an answer.
func IsForward(subject string) bool {
	return forwardSubject.MatchString(strings.TrimSpace(subject))
}
