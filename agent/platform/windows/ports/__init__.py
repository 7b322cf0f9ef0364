"""The thin ports to pywin32 and ctypes: each call as Windows has it, typed."""
