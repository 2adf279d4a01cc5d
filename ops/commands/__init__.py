"""One module for each command of `./kist`, and the modules that several commands share."""
