package wechat

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Parse is the package's Parse.
func (c *account) Parse(e channel.Envelope) ([]desk.Inbound, error) { return Parse(e) }

// Parse reads one message or event of any account; it needs neither settings nor
// secrets. A type the desk doesn't know is not an error: one with a MsgId was written by
// the customer and becomes a message that names its type, anything else an event. A
// failure wraps channel.ErrUnreadable.
func Parse(e channel.Envelope) ([]desk.Inbound, error) {
	d, err := read(e.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: wechat: %w", channel.ErrUnreadable, err)
	}
	for _, name := range []string{"FromUserName", "MsgType"} {
		if d.text(name) == "" {
			return nil, fmt.Errorf("%w: wechat: no %s", channel.ErrUnreadable, name)
		}
	}
	order, id := d.keys(e.Body)
	in := desk.Inbound{
		ID:   id,
		From: desk.Address{Channel: desk.WeChat, Account: e.Account, ID: order},
		At:   d.time(),
	}
	if kind := d.text("MsgType"); kind == "event" {
		d.event(&in)
	} else {
		d.message(&in, kind)
	}
	return []desk.Inbound{in}, nil
}

func (d document) time() time.Time {
	sec, err := strconv.ParseInt(strings.TrimSpace(d.get("CreateTime")), 10, 40)
	if err != nil || sec <= 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

// message fills in what a customer sent. Agents see a bracketed word, in the way
// WeChat's own conversation list shows what is no text.
func (d document) message(in *desk.Inbound, kind string) {
	in.Kind, in.Type = desk.InMessage, kind
	in.Fields = d.rest()
	switch kind {
	case "text":
		in.Text, in.Choice = d.text("Content"), d.text("bizmsgmenuid")
	case "image":
		in.Text = "[图片 Image]"
		if in.Attachments = d.media("image", "image/jpeg", "jpg"); len(in.Attachments) == 0 {
			in.Attachments = d.picture()
		}
	case "voice":
		d.voice(in)
	case "video", "shortvideo":
		in.Text = "[视频 Video]"
		in.Attachments = d.media("video", "video/mp4", "mp4")
	case "location":
		in.Text = words("[位置 Location]", d.text("Label"), "("+d.text("Location_X")+", "+d.text("Location_Y")+")")
	case "link":
		in.Text = lines(words("[链接 Link]", d.text("Title")), d.text("Description"), d.text("Url"))
	case "miniprogrampage":
		in.Text = lines(words("[小程序 Mini program]", d.text("Title")), d.text("PagePath"))
	case "file":
		in.Text = lines(words("[文件 File]", d.text("Title")), d.text("Description"))
	default:
		d.unknown(in, kind)
	}
	in.Lang = lang(in.Text)
	if kind != "text" && kind != "voice" {
		in.Lang = "" // the bracketed word is the desk's, not the customer's
	}
}

// voice takes Tencent's own transcript, where the account has speech recognition on,
// for what the customer said.
func (d document) voice(in *desk.Inbound) {
	format := strings.ToLower(d.text("Format"))
	if !isName([]byte(format)) {
		format = "amr"
	}
	in.Attachments = d.media("voice", "audio/"+format, format)
	if in.Text = d.text("Recognition"); in.Text == "" {
		in.Text = "[语音 Voice]"
	}
}

// unknown keeps what a later WeChat may send. What has a MsgId was sent by a person,
// and an agent must see that something came.
func (d document) unknown(in *desk.Inbound, kind string) {
	if d.get("MsgId") == "" {
		in.Kind, in.Quiet = desk.InEvent, true
		return
	}
	in.Text = words("[微信消息 WeChat message]", kind)
}

func (d document) media(name, mime, ext string) []desk.Attachment {
	id := d.text("MediaId")
	if id == "" {
		return nil
	}
	return []desk.Attachment{{Name: name + "." + ext, Type: mime, Ref: mediaRef + id}}
}

// picture is an image that came without a MediaId.
func (d document) picture() []desk.Attachment {
	address := d.text("PicUrl")
	if address == "" {
		return nil
	}
	return []desk.Attachment{{Name: "image.jpg", Type: "image/jpeg", Ref: pictureRef + address}}
}

// event fills in what the platform tells about a customer. Names are compared in lower
// case, since real traffic mixes subscribe and SCAN.
func (d document) event(in *desk.Inbound) {
	in.Kind, in.Quiet = desk.InEvent, true
	in.Type = strings.ToLower(d.text("Event"))
	in.Fields = d.rest()
	switch in.Type {
	case "":
		in.Type = "event"
	case "subscribe", "scan":
		if scene := strings.TrimPrefix(d.text("EventKey"), "qrscene_"); scene != "" {
			in.Fields = append(in.Fields, desk.Field{Name: "scene", Value: scene})
		}
	case "templatesendjobfinish", "subscribe_msg_sent_event":
		in.Kind, in.Receipt = desk.InReceipt, d.receipt()
	}
}

// receipt reads what became of a template message, or of a subscribe message, which lies
// in a list of one.
func (d document) receipt() *desk.Receipt {
	r := &desk.Receipt{ProviderID: d.text("MsgID"), State: desk.Delivered, Code: d.text("Status")}
	if r.ProviderID == "" && r.Code == "" {
		r.ProviderID, r.Code = d.inList("MsgID"), d.inList("ErrorStatus")
	}
	if r.ProviderID == "" {
		r.ProviderID = d.text("MsgId")
	}
	if !strings.EqualFold(r.Code, "success") {
		r.State = desk.Failed
		r.Permanent = strings.Contains(strings.ToLower(r.Code), "user") // "failed:user block"
	}
	return r
}

// inList is the first element of that name at any depth.
func (d document) inList(name string) string {
	for _, f := range d.fields {
		if string(f.name) == name && !f.branch {
			return strings.TrimSpace(clean(string(f.value)))
		}
	}
	return ""
}

// known are the elements that have a place of their own in an Inbound.
var known = map[string]bool{
	"ToUserName": true, "FromUserName": true, "CreateTime": true, "MsgType": true, "MsgId": true,
	"Content": true, "MediaId": true, "Recognition": true, "Event": true, "Encrypt": true,
}

// rest gives all other elements that hold something, in their order, nested ones by
// their path.
func (d document) rest() []desk.Field {
	var out []desk.Field
	for i, f := range d.fields {
		if f.branch || len(f.value) == 0 || f.parent < 0 && known[string(f.name)] {
			continue
		}
		out = append(out, desk.Field{Name: clean(d.path(i)), Value: clean(string(f.value))})
	}
	return out
}

func (d document) text(name string) string { return strings.TrimSpace(clean(d.get(name))) }

// clean makes text of whatever bytes came: phones send cut emoji, and old systems
// control characters.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func words(parts ...string) string { return join(parts, " ") }
func lines(parts ...string) string { return join(parts, "\n") }

func join(parts []string, sep string) string {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, sep)
}

// lang tells Chinese by its characters; Japanese has kana among them. Nothing else is
// guessed.
func lang(s string) string {
	han := false
	for _, r := range s {
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			return ""
		}
		han = han || r >= 0x2E80 && unicode.Is(unicode.Han, r)
	}
	if han {
		return "zh-CN"
	}
	return ""
}
