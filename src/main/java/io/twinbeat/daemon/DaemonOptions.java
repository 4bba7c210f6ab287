package io.twinbeat.daemon;

import java.nio.file.Path;
import java.util.Optional;

/** What {@code twinbeat run} was told: the file, and the node to be if not the host name's. */
public record DaemonOptions(Path config, Optional<String> node) {}
