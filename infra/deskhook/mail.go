package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/deskhook/deskhook/shared/channel/email"
)

// mailCmd hands mails to the running desk.
type mailCmd struct {
	Files []string `arg:"" type:"existingfile" name:"file.eml" help:"Mails as they lie on disk (RFC 5322)."`
	To    string   `help:"Address of the desk that took them (default: its first mailbox)."`
	Desk  string   `default:"http://127.0.0.1:3000" help:"The running desk."`

	SPF   string `name:"spf" default:"PASS" enum:"PASS,FAIL,GRAY,PROCESSING_FAILED" help:"SES's verdict on the sender's server."`
	DKIM  string `name:"dkim" default:"PASS" enum:"PASS,FAIL,GRAY,PROCESSING_FAILED" help:"SES's verdict on the signature."`
	DMARC string `name:"dmarc" default:"PASS" enum:"PASS,FAIL,GRAY,PROCESSING_FAILED" help:"SES's verdict on the From."`
	Spam  string `default:"PASS" enum:"PASS,FAIL,GRAY,PROCESSING_FAILED" help:"SES's verdict on spam."`
	Virus string `default:"PASS" enum:"PASS,FAIL,GRAY,PROCESSING_FAILED" help:"SES's verdict on viruses."`
}

// Run hands them over, one line each.
func (c *mailCmd) Run(w *world) error {
	client := &http.Client{Timeout: time.Minute}
	for _, name := range c.Files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := c.hand(client, raw); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(w.out, "%s: handed over\n", name)
	}
	return nil
}

func (c *mailCmd) hand(client *http.Client, raw []byte) error {
	q := url.Values{"to": {c.To}, "spf": {c.SPF}, "dkim": {c.DKIM}, "dmarc": {c.DMARC}, "spam": {c.Spam}, "virus": {c.Virus}}
	resp, err := client.Post(c.Desk+"/local/mail?"+q.Encode(), "message/rfc822", bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("no desk answers at %s: is `make run` running? (%w)", c.Desk, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
		return fmt.Errorf("the desk answered %d: %s", resp.StatusCode, bytes.TrimSpace(text))
	}
	return nil
}

// explainCmd prints what the desk makes of a mail, or where its rules send a message.
type explainCmd struct {
	File  string `arg:"" optional:"" name:"file.eml" help:"A mail as it lies on disk; - for standard input."`
	Rules bool   `help:"Hold it against the routing rules instead: which match and why not, and what comes of it."`

	Channel  string `help:"With --rules: by which channel a text comes: wechat, sms, email, webform or generic." placeholder:"CHANNEL"`
	Account  string `help:"With --rules: to which of the desk's accounts (default: the channel's first), or the form."`
	Text     string `help:"With --rules: the text, in place of a mail."`
	Subject  string `help:"With --rules: the text's subject."`
	Lang     string `help:"With --rules: the language the sender is known by."`
	Tier     string `default:"standard" enum:"standard,silver,gold,vip" help:"With --rules: the customer's tier."`
	At       string `help:"With --rules: when it comes, such as 2026-01-31T09:00 in the desk's zone (default: now)."`
	Settings string `default:"infra/desk.yaml" type:"path" help:"With --rules: the settings file."`
	JSON     bool   `name:"json" help:"With --rules: print JSON."`
}

// Run prints JSON, of rules lines unless asked otherwise.
func (c *explainCmd) Run(w *world) error {
	if c.Rules {
		return c.rules(w)
	}
	if c.File == "" {
		return fmt.Errorf("give a mail: file.eml, or - for standard input")
	}
	raw, err := c.read(w)
	if err != nil {
		return err
	}
	out, err := email.Explain(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	_, err = fmt.Fprintln(w.out, string(bytes.TrimSpace(out)))
	return err
}

func (c *explainCmd) read(w *world) ([]byte, error) {
	if c.File == "-" {
		return io.ReadAll(w.in)
	}
	return os.ReadFile(c.File)
}
