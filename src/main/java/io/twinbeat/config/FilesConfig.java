package io.twinbeat.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Which files besides nginx's are compared with the peer's: {@code same} ones, whole directories
 * among them, but none that is or lies below one of {@code own}, which may differ.
 */
public record FilesConfig(List<Path> same, List<Path> own) {
  public static final int PATHS_MAX = 64;

  public FilesConfig {
    same = List.copyOf(same);
    own = List.copyOf(own);
  }
}
