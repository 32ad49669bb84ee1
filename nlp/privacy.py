"""Whether a text holds personal data of a private person: a tip that does is refused and never stored (LIMITS 3).

text | patterns (contacts, numbers, addresses) | names (family names, titles, nicknames) | the kinds found, and nothing of the text

When in doubt the answer is yes: the sender is only asked to put it differently. Pure; reads the bundled word lists once; never logs.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property

from nlp.resources import read_lines
from nlp.text import Token, expand_chat, fold, has_diacritics, nfc, tokenize, unify_tone

NAME, PHONE, ACCOUNT = "tên người", "số điện thoại", "số tài khoản hoặc giấy tờ"
EMAIL, ADDRESS, HANDLE = "địa chỉ e-mail", "địa chỉ nhà", "tài khoản mạng xã hội"
