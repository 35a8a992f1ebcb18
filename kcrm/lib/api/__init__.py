"""The REST door's own furniture; import what a resource needs from `kcrm.lib.api.resources`."""
