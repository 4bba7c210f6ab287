package io.twinbeat.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What keeps a machine busy while it is open: processor hogs, and a writer that syncs. */
final class Load implements AutoCloseable {
  private static final long STOP_SECONDS = 30;
  private static final int WRITTEN_MIB = 256;

  private final List<Process> processes = new ArrayList<>();
  private final Path folder;

  Load(int hogs, Path below) throws IOException {
    folder = Files.createTempDirectory(below, "twinbeat-load");
    try {
      for (int i = 0; i < hogs; i++) {
        start("while :; do :; done");
      }
      start(
          "while :; do dd if=/dev/zero of=written bs=1M count="
              + WRITTEN_MIB
              + " conv=fsync status=none; done");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void start(String script) throws IOException {
    processes.add(
        new ProcessBuilder("/bin/sh", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  boolean isOn() {
    return processes.stream().allMatch(Process::isAlive);
  }

  @Override
  public void close() {
    for (Process process : processes) {
      List<ProcessHandle> all = process.descendants().toList();
      process.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
    }
    try {
      for (Process process : processes) {
        process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      }
      Files.deleteIfExists(folder.resolve("written"));
      Files.deleteIfExists(folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
