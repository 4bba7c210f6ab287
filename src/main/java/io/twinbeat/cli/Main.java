package io.twinbeat.cli;

/** The program's entry. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int status = new Cli(Surroundings.ofProcess(System.getenv())).run(arguments);
    System.out.flush();
    System.err.flush();
    String verb = arguments.length == 0 ? "" : arguments[0];
    if (verb.equals("run") || verb.equals("lab")) {
      System.exit(status);
    }
    // The others leave no hook to be run, and an orderly exit first sets up java.util.logging.
    Runtime.getRuntime().halt(status);
  }
}
