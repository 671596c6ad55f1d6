"""SMS parts of a text, counted for the tables.

The policy has a count of its own (`cs-content`); a test holds the two against each other.
"""

from gsm0338 import Codec

GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67

_GSM = Codec()


def sms_parts(text: str) -> int:
    """How many parts carry `text`; 0 for none.

    A text in the GSM-7 alphabet has 160 units alone and 153 a part, any other (UCS-2) 70 and 67. Characters of the
    GSM-7 extension table and characters beyond U+FFFF take two units, which stay in one part.
    """
    if not text:
        return 0
    try:
        widths: list[int] = [len(_GSM.encode(character)[0]) for character in text]
        alone, joined = GSM_ALONE, GSM_JOINED
    except UnicodeEncodeError:
        widths = [len(character.encode("utf-16-be")) // 2 for character in text]
        alone, joined = UCS2_ALONE, UCS2_JOINED
    if sum(widths) <= alone:
        return 1
    used = 0
    for width in widths:
        # A character that would straddle two parts moves to the next.
        used += width + (1 if used % joined + width > joined else 0)
    return -(-used // joined)
