#!/usr/bin/env python3
"""Writes vectors.json: calls as Tencent would make them, computed with Python's
hashlib and the cryptography package, so that nothing in them comes from the code
under test. Run it here: python3 vectors.py > vectors.json"""
import base64, hashlib, json, struct
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN, APPID = "desk-token-1", "wx5823bf96d3bd56c7"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"  # 43rd character with its unused bits set
OLD = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def sha(*parts):
    return hashlib.sha1(b"".join(sorted(p.encode() for p in parts))).hexdigest()


def encrypt(key, msg, appid=APPID, pad=None, length=None):
    raw = base64.b64decode(key + "=")
    plain = b"0123456789abcdef" + struct.pack(">I", len(msg) if length is None else length) + msg + appid.encode()
    n = 32 - len(plain) % 32
    plain += bytes([n]) * n if pad is None else pad(len(plain))
    enc = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(enc.update(plain) + enc.finalize()).decode()


def call(name, clear, encrypted, ok=True, keys=(KEY,)):
    ts, nonce = "1772440200", "1320562132"
    return {
        "name": name, "ok": ok, "token": TOKEN, "keys": list(keys), "app_id": APPID, "clear": clear,
        "query": f"signature={sha(TOKEN, ts, nonce)}&timestamp={ts}&nonce={nonce}&openid=o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
                 f"&encrypt_type=aes&msg_signature={sha(TOKEN, ts, nonce, encrypted)}",
        "body": f"<xml><ToUserName><![CDATA[gh_12345678abcd]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>",
    }


out = []
for want in range(1, 33):  # every length of padding: a library that unpads with 16 fails on half of them
    head = "<xml><FromUserName><![CDATA[o6_bmjrPTlm6_2sgVt7hMZOPfL2M]]></FromUserName><MsgId>1</MsgId><Content>"
    size = 20 + len(head) + len("</Content></xml>") + len(APPID)
    clear = head + "x" * ((-size - want) % 32) + "</Content></xml>"
    out.append(call(f"padding of {want}", clear, encrypt(KEY, clear.encode())))
text = "<xml><Content>你好</Content></xml>"
b = text.encode()
out.append(call("the older of two keys", text, encrypt(OLD, b), keys=(KEY, OLD)))
out.append(call("a key that isn't valid", text, encrypt(OLD, b), ok=False))
out.append(call("another app id", text, encrypt(KEY, b, appid="wx0000000000000000"), ok=False))
out.append(call("no app id", text, encrypt(KEY, b, appid=""), ok=False))
out.append(call("a length beyond the end", text, encrypt(KEY, b, length=2**31), ok=False))
out.append(call("a length of all ones", text, encrypt(KEY, b, length=2**32 - 1), ok=False))
out.append(call("a length one too short", text, encrypt(KEY, b, length=len(b) - 1), ok=False))
out.append(call("padding of 0", text, encrypt(KEY, b, pad=lambda n: bytes(-n % 16 or 16)), ok=False))
out.append(call("padding of 33", text, encrypt(KEY, b, pad=lambda n: bytes([33]) * (32 - n % 32 + 32)), ok=False))
out.append(call("padding of unequal bytes", text, encrypt(KEY, b, pad=lambda n: b"\x01" * (31 - n % 32) + bytes([32 - n % 32])), ok=False))
out.append(call("no block of 16", text, base64.b64encode(b"x" * 33).decode(), ok=False))
out.append(call("one block", text, base64.b64encode(b"x" * 16).decode(), ok=False))
out.append(call("no base64", text, "!" * 64, ok=False))
print(json.dumps(out, indent=1, ensure_ascii=False))
