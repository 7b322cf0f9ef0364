"""The part of Windows' ICU that Qt loads and Wine lacks, without any encodings.

Qt 6.10 and newer load icuuc.dll, which every Windows since 1703 has, for encodings
that Qt does not know itself. This one knows none: each function gives 0.
"""

FILE = "icuuc.dll"
FUNCTIONS = (
    *("ucnv_open", "ucnv_close", "ucnv_reset", "ucnv_getMaxCharSize", "ucnv_getName"),
    *("ucnv_getToUCallBack", "ucnv_getFromUCallBack", "ucnv_setToUCallBack"),
    *("ucnv_setFromUCallBack", "ucnv_cbToUWriteUChars", "ucnv_cbFromUWriteUChars"),
    *("ucnv_toUnicode", "ucnv_fromUnicode", "ucnv_toUCountPending"),
    *("ucnv_fromUCountPending", "ucnv_getStandardName", "ucnv_getAvailableName"),
    *("ucnv_countAvailable", "UCNV_FROM_U_CALLBACK_SUBSTITUTE"),
    "UCNV_TO_U_CALLBACK_SUBSTITUTE",
)
_EXPORTED = "".join(f'.ascii " -export:{each}"\n' for each in FUNCTIONS)
# one body under all names, for the assembler of x86-64 Windows
SOURCE = f"""
.text
{"".join(f".globl {each}{chr(10)}{each}:{chr(10)}" for each in FUNCTIONS)}
xorl %eax, %eax
ret
.section .drectve
{_EXPORTED}
"""
# makes FILE of SOURCE, which it reads from standard input
BUILD = f"""
set -e
x86_64-w64-mingw32-as -o /tmp/icu.o -
x86_64-w64-mingw32-ld -shared --entry=0 --no-insert-timestamp -o "$1/{FILE}" /tmp/icu.o
"""
