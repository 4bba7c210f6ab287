package io.twinbeat.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notices changes of nginx's configuration files and of the directories that they are included
 * from.
 */
final class NginxFiles {
  /** More files than this are not looked at one by one; the test on schedule has them all. */
  private static final int FILES_MAX = 10_000;

  private final Set<Path> files = new LinkedHashSet<>();
  private final Set<Path> directories = new LinkedHashSet<>();
  private Map<Path, Map<String, Object>> seen = Map.of();

  /**
   * Looks at these from now on.
   *
   * @param included directories where a new file would be included
   */
  void set(List<Path> wanted, List<Path> included) {
    files.clear();
    directories.clear();
    directories.addAll(included);
    wanted.stream().limit(FILES_MAX).forEach(files::add);
  }

  void add(Path file) {
    files.add(file);
  }

  /** Whether anything has changed since the last call. */
  boolean changed() {
    Map<Path, Map<String, Object>> now = new HashMap<>();
    for (Path file : files) {
      stamp(file, now);
    }
    for (Path directory : directories) {
      stamp(directory, now);
    }
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  private static void stamp(Path path, Map<Path, Map<String, Object>> stamps) {
    if (!stamps.containsKey(path)) {
      try {
        stamps.put(path, Files.readAttributes(path, "unix:lastModifiedTime,ctime,size,ino"));
      } catch (IOException e) {
        stamps.put(path, Map.of());
      }
    }
  }

  /**
   * The newest change time of the files, in milliseconds of the wall clock. Change time, as a file
   * that is copied with its old modification time is a changed file too.
   */
  long newestMillis() {
    long newest = 0;
    for (Path file : files) {
      try {
        FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
        newest = Math.max(newest, changed.toMillis());
      } catch (IOException e) {
        // Its absence is for nginx -t to judge.
      }
    }
    return newest;
  }
}
