#!/usr/bin/env python3
"""Writes the recorded calls beside it. It signs as the providers' pages tell, with
hashlib, hmac and the openssl command, and shares nothing with the desk's own code."""
import base64, hashlib, hmac, json, os, struct, subprocess

here = os.path.dirname(os.path.abspath(__file__))


def write(name, head, body=b"", end=b"\r\n"):
    lines = [l.encode() for l in head]
    with open(os.path.join(here, name), "wb") as f:
        f.write(end.join(lines) + end + end + body)


def sha(*parts):
    return hashlib.sha1(b"".join(sorted(p.encode() for p in parts))).hexdigest()


# WeChat. Page "消息推送": the parameters of the address check; "消息加解密说明": the rest.
TOKEN, APPID = "AAAAA", "wxba5fad812f8e6fb9"
KEY = base64.b64encode(b"a key of 32 bytes for fixtures!!").decode().rstrip("=")


def encrypt(msg):
    plain = b"0123456789abcdef" + struct.pack(">I", len(msg)) + msg + APPID.encode()
    pad = 32 - len(plain) % 32
    key = base64.b64decode(KEY + "=")
    out = subprocess.run(["openssl", "enc", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", key[:16].hex()],
                         input=plain + bytes([pad]) * pad, stdout=subprocess.PIPE, check=True).stdout
    return base64.b64encode(out).decode()


text = ("<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName><![CDATA[o9AgO5Kd5ggOC-bXrbNODIiE3bGY]]></FromUserName>"
        "<CreateTime>1714112445</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[我的快递到哪里了？]]></Content><MsgId>24563</MsgId></xml>").encode()
at, nonce = "1714112445", "415670741"
cipher = encrypt(text)
body = ("<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>" % cipher).encode()
write("wechat-safe.http", [
    "POST /webhooks/wechat/main?signature=%s&timestamp=%s&nonce=%s&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes&msg_signature=%s HTTP/1.1"
    % (sha(TOKEN, at, nonce), at, nonce, sha(TOKEN, at, nonce, cipher)),
    "Host: desk.example.com", "Content-Type: text/xml", "Content-Length: %d" % len(body)], body)
write("wechat-safe-altered.http", [
    "POST /webhooks/wechat/main?signature=%s&timestamp=%s&nonce=%s&encrypt_type=aes&msg_signature=%s HTTP/1.1"
    % (sha(TOKEN, at, nonce), at, nonce, sha(TOKEN, at, nonce, cipher)),
    "Host: desk.example.com", "Content-Type: text/xml"], body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AA"))
write("wechat-plain.http", [
    "POST /webhooks/wechat/main?signature=%s&timestamp=%s&nonce=%s HTTP/1.1" % (sha(TOKEN, at, nonce), at, nonce),
    "Host: desk.example.com", "Content-Type: text/xml"], text, b"\n")
# Tencent's own example of the address check, as its page prints it
write("wechat-check.http", [
    "GET /webhooks/wechat/main?signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492 HTTP/1.1",
    "Host: desk.example.com"])

# Twilio. Page "Webhooks security"; the first is its own example, signature and all.
page = b"Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE"
write("twilio-page.http", [
    "POST /myapp.php?foo=1&bar=2 HTTP/1.1", "Host: mycompany.com", "Content-Type: application/x-www-form-urlencoded",
    "Content-Length: %d" % len(page), "X-Twilio-Signature: RSOYDt4T1cUTdK1PDd93/VVr8B8="], page)
url = "https://desk.example.com/webhooks/sms/main"
sig = base64.b64encode(hmac.new(b"a,token;with=signs", (url + "BodyWhere is it?From+14155550123MessageSidSM0123456789abcdef0123456789abcdefTo+15005550006").encode(), hashlib.sha1).digest()).decode()
form = b"MessageSid=SM0123456789abcdef0123456789abcdef&From=%2B14155550123&To=%2B15005550006&Body=Where+is+it%3F"
write("sms-message.http", ["POST /webhooks/sms/main HTTP/1.1", "Host: 10.0.0.7:8080", "Content-Type: application/x-www-form-urlencoded",
                           "X-Twilio-Signature: " + sig], form)

# A form, whose body goes on behind what Content-Length says.
sent = b"name=Bo&email=bo%40customer.example&topic=order&message=Hello"
write("form.http", ["POST /forms/contact HTTP/1.1", "Host: desk.example.com", "Content-Type: application/x-www-form-urlencoded",
                    "Accept: application/json", "Content-Length: %d" % len(sent)], sent + b"\r\n\r\n", b"\n")
write("form-no-mail.http", ["POST /forms/contact HTTP/1.1", "Host: desk.example.com", "Content-Type: application/x-www-form-urlencoded",
                            "Accept: application/json"], b"name=Bo&topic=order&message=Hello", b"\n")

# Standard Webhooks, spec/standard-webhooks.md: an older secret's signature first.
said = b'{"type":"message","from":{"id":"u-1"},"text":"Where is it?"}'
stamp = "1772440200"  # 2026-03-02T08:30:00Z


def v1(secret):
    return "v1," + base64.b64encode(hmac.new(secret, b"msg_1.%s.%s" % (stamp.encode(), said), hashlib.sha256).digest()).decode()


for file, content in ("generic.http", said), ("generic-altered.http", said.replace(b"u-1", b"u-2")):
    write(file, ["POST /webhooks/generic/main HTTP/1.1", "Host: desk.example.com", "Content-Type: application/json", "Webhook-Id: msg_1",
                 "Webhook-Timestamp: " + stamp, "Webhook-Signature: %s %s" % (v1(b"an older secret, 32 bytes long !"), v1(b"a secret of 32 bytes for testing"))], content)

# SES: a notice as its page "Contents of notifications" tells, within SNS's envelope.
good = {"status": "PASS"}
notice = {
    "notificationType": "Received",
    "receipt": {"timestamp": "2026-03-02T08:29:58.000Z", "processingTimeMillis": 40, "recipients": ["help@desk.example"],
                "spamVerdict": good, "virusVerdict": good, "spfVerdict": good, "dkimVerdict": good, "dmarcVerdict": good,
                "action": {"type": "S3", "topicArn": "arn:aws:sns:us-east-1:123456789012:mail", "bucketName": "b", "objectKey": "mail/o1"}},
    "mail": {"timestamp": "2026-03-02T08:29:58.000Z", "source": "cy@customer.example", "messageId": "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
             "destination": ["help@desk.example"], "headersTruncated": False, "headers": [],
             "commonHeaders": {"returnPath": "cy@customer.example", "from": ["Cy <cy@customer.example>"], "to": ["help@desk.example"],
                               "messageId": "<m1@customer.example>", "subject": "Delivery"}}}
sns = json.dumps({"Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": "arn:aws:sns:us-east-1:123456789012:mail",
                  "Message": json.dumps(notice), "Timestamp": "2026-03-02T08:29:59.000Z"}).encode()
write("email-notice.http", ["POST / HTTP/1.1", "Host: desk.example.com", "Content-Type: text/plain; charset=UTF-8", "x-amz-sns-message-type: Notification"], sns)
with open(os.path.join(here, "mail.eml"), "wb") as f:
    f.write(b"From: Cy <cy@customer.example>\r\nTo: help@desk.example\r\nSubject: Delivery\r\nMessage-ID: <m1@customer.example>\r\n"
            b"Date: Mon, 2 Mar 2026 08:29:55 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWhere is it?\r\n")
