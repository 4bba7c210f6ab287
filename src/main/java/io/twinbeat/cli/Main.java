package io.twinbeat.cli;

/** The program's entry. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int status = new Cli(Surroundings.ofProcess(System.getenv())).run(arguments);
    System.out.flush();
    System.exit(status);
  }
}
