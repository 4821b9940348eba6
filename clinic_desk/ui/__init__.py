"""The Qt interface; Qt lives here alone."""
