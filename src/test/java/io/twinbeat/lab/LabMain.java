package io.twinbeat.lab;

import java.util.List;

/** Runs lab verbs without the command line program. */
final class LabMain {
  private LabMain() {}

  public static void main(String[] arguments) {
    System.exit(Lab.run(List.of(arguments)));
  }
}
