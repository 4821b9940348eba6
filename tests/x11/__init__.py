"""The program under a real X server, driven by xdotool from outside."""
