package io.twinbeat.cli;

/** The program's entry. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.err.println("twinbeat: no commands yet");
    System.exit(2);
  }
}
