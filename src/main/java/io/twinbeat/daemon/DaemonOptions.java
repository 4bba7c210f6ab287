package io.twinbeat.daemon;

import java.nio.file.Path;
import java.util.Optional;

/** How the daemon is started; without a node's name it finds itself by the host name. */
public record DaemonOptions(Path config, Optional<String> node) {}
