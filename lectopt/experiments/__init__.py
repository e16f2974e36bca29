"""From one descent to a study: devices, searches, landscapes, several machines."""
