package io.twinbeat.cli;

import static io.twinbeat.cli.FakeDaemon.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
  private static final String ENTRY =
      """
      {"number":17,"at":"2026-11-23T14:07:11.123Z","kind":"decision","rule":"fence-silent-peer",\
      "sentence":"lb1 is silent and does not serve: fence it","evidence":{"silent for":"1004 ms",\
      "probe":"no answer"}}\
      """;

  @TempDir Path directory;
  private FakeDaemon daemon;
  private Response answer = Response.Done.with("site is on lb1");

  @BeforeEach
  void start() throws Exception {
    daemon = new FakeDaemon(directory, this::answer);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private Response answer(Request request) {
    return answer;
  }

  @Test
  void anOrderSaysWhatCameOfIt() {
    assertRun(0, "site is on lb1\n", "", "takeover");
    assertEquals("takeover {}", daemon.request());
    assertRun(0, "site is on lb1\n", "", "standby", "site");
    assertEquals("standby {\"group\":\"site\"}", daemon.request());
    assertRun(0, "site is on lb1\n", "", "failback", "site");
    assertEquals("failback {\"group\":\"site\"}", daemon.request());
    assertRun(0, "site is on lb1\n", "", "drain", "web1");
    assertEquals("drain {\"server\":\"web1\",\"wait\":false}", daemon.request());
    assertRun(0, "site is on lb1\n", "", "drain", "--wait", "web1");
    assertEquals("drain {\"server\":\"web1\",\"wait\":true}", daemon.request());
    assertRun(0, "site is on lb1\n", "", "undrain", "web1");
    assertEquals("undrain {\"server\":\"web1\"}", daemon.request());
  }

  @Test
  void anOrderSaysItsStepsAsTheyHappen() {
    answer =
        new Response.Lines(sink -> {
          sink.sentence("lb2 prepares site");
          sink.sentence("lb1 stops site");
          return Response.Done.with("site is on lb2");
        });
    assertRun(0, "lb2 prepares site\nlb1 stops site\nsite is on lb2\n", "", "standby");
  }

  @Test
  void failureIsStatusOneAndRefusalThreeEachWithTheReason() {
    answer = new Response.Failed("nginx did not start");
    assertRun(1, "", "twinbeat takeover: failed: nginx did not start\n", "takeover");
    answer = new Response.Refused("lb2 is not ready: nginx -t fails");
    assertRun(3, "", "twinbeat standby: refused: lb2 is not ready: nginx -t fails\n", "standby");
  }

  @Test
  void maintenanceNeedsALengthAndAReason() throws Exception {
    answer = Response.Done.with("lb1 and lb2 are in maintenance");
    assertRun(
        0,
        "lb1 and lb2 are in maintenance\n",
        "",
        "maintenance",
        "on",
        "--for",
        "2h",
        "--reason",
        "new switch");
    assertEquals(
        "maintenance {\"action\":\"on\",\"forMs\":7200000,\"reason\":\"new switch\"}",
        daemon.request());
    assertRun(0, "lb1 and lb2 are in maintenance\n", "", "maintenance", "off");
    assertEquals("maintenance {\"action\":\"off\"}", daemon.request());
    String needs = "twinbeat maintenance: on needs --for TIME and --reason TEXT";
    assertUsage(needs, "maintenance", "on", "--for", "2h");
    assertUsage(needs, "maintenance", "on", "--reason", "x");
    assertUsage(
        "twinbeat maintenance: --for is 'soon', expected a time such as 30m or 2h",
        "maintenance",
        "on",
        "--for",
        "soon",
        "--reason",
        "x");
    assertUsage("twinbeat maintenance: 'over' is neither on nor off", "maintenance", "over");
  }

  @Test
  void withoutADaemonTheStatusIsFour() throws Exception {
    daemon.stop();
    String none = ": no daemon runs on this machine: there is no " + daemon.socket + "\n";
    assertRun(4, "", "twinbeat status" + none, "status");
    assertRun(4, "", "twinbeat takeover" + none, "takeover", "site");
    assertRun(4, "", "twinbeat events" + none, "events", "-n", "3");
    assertRun(4, "", "twinbeat stop" + none, "stop");
    assertRun(4, "", "twinbeat fence" + none, "fence", "test", "lb2");
    assertRun(4, "", "twinbeat explain" + none, "explain");
    assertRun(0, "", "", "stop", "--as-systemd"); // It has ended by itself: nothing to do.
  }

  @Test
  void whatIsMistypedIsStatusTwoAndNothingIsAsked() {
    assertUsage("twinbeat: there is no command 'takover'; did you mean 'takeover'?", "takover");
    assertUsage("twinbeat: there is no command 'frobnicate'", "frobnicate");
    assertUsage("twinbeat status: Unknown option: '--jsn'", "status", "--jsn");
    assertUsage("twinbeat status: Unmatched argument at index 0: 'now'", "status", "now");
    assertUsage("twinbeat takeover: Unmatched argument at index 1: 'b'", "takeover", "a", "b");
    assertUsage("twinbeat fence: Missing required parameter: 'NODE'", "fence", "off");
    assertUsage("twinbeat drain: Missing required parameter: 'SERVER'", "drain");
    assertUsage(
        "twinbeat fence: 'cycle' is not one of [test, off, on, confirm]", "fence", "cycle", "lb2");
    assertUsage(
        "twinbeat events: Invalid value for option '-n': 'x' is not an int", "events", "-n", "x");
    assertUsage(
        "twinbeat events: 'soon' is neither an age (10m, 2h, 3d) nor a time",
        "events",
        "--since",
        "soon");
    assertUsage(
        "twinbeat explain: Invalid value for positional parameter at index 0 (EVENT): 'x' is not a long",
        "explain",
        "x");
    assertUsage("twinbeat key: 'old' is not 'new'", "key", "old");
    assertEquals(2, daemon.run());
    assertTrue(daemon.err().startsWith("Usage: twinbeat COMMAND"));
  }

  @Test
  void helpIsOnStandardOutput() {
    assertEquals(0, daemon.run("help"));
    assertTrue(daemon.out().startsWith("Usage: twinbeat COMMAND"), daemon.out());
    for (String verb :
        new String[] {"run", "status", "takeover", "fence", "check", "events", "key"}) {
      assertEquals(0, daemon.run("help", verb), verb);
      assertTrue(daemon.out().startsWith("Usage: twinbeat " + verb), daemon.out());
      String help = daemon.out();
      assertEquals(0, daemon.run(verb, "--help"));
      assertEquals(help, daemon.out());
    }
    assertFalse(daemon.out().contains("--as-systemd"));
  }

  @Test
  void theVersionNamesJavaToo() {
    assertEquals(0, daemon.run("version"));
    assertTrue(daemon.out().matches("twinbeat .* \\(Java 2[5-9].*\\)\n"), daemon.out());
    assertEquals(0, daemon.run("--version"));
  }

  @Test
  void statusIsAPageOrJson() throws Exception {
    JsonObject report = Reports.allWell().toJson();
    answer = new Response.Done(report);
    assertRun(
        0,
        Files.readString(Path.of("src/test/resources/io/twinbeat/cli/status-all-well.txt")),
        "",
        "status");
    assertRun(0, report + "\n", "", "status", "--json");
    assertRun(0, report + "\n" + report + "\n", "", "status", "--json", "--watch", "--rounds", "2");
    assertEquals(
        "status {}", daemon.asked.getFirst().verb() + " " + daemon.asked.getFirst().arguments());
  }

  @Test
  void plainArgumentsMeanTheSameWithAndWithoutTheParser() {
    String[][] plain = {
      {"status"},
      {"status", "--json"},
      {"takeover"},
      {"takeover", "site"},
      {"fence", "test", "lb2"},
      {"fence", "off", "--yes", "lb2"},
      {"events"},
      {"events", "--json"},
      {"explain"},
      {"stop"},
      {"stop", "--keep-services"},
      {"fence", "cycle", "lb2"},
    };
    for (String[] words : plain) {
      String[] arguments = java.util.Arrays.copyOfRange(words, 1, words.length);
      int quick = daemon.run(words);
      String request = daemon.request();
      String said = daemon.out() + daemon.err();
      daemon.run("version");
      daemon.asked.clear();
      String banner = daemon.out();
      int parsed = daemon.cli().parsed(words[0], arguments);
      assertEquals(request, daemon.request());
      assertEquals(quick, parsed);
      assertEquals(said, (daemon.out() + daemon.err()).substring(banner.length()));
    }
  }

  @Test
  void switchingOffMakesTheOperatorTypeTheName() {
    daemon.typing("lb2\n");
    assertRun(
        0,
        """
        This switches lb2 off, now and without a shutdown.
        To go on, type the node's name: site is on lb1
        """,
        "",
        "fence",
        "off",
        "lb2");
    assertEquals("fence {\"action\":\"off\",\"node\":\"lb2\"}", daemon.request());
    daemon.typing("yes\n");
    assertEquals(3, daemon.run("fence", "off", "lb2"));
    assertEquals("twinbeat fence: refused: 'yes' is not 'lb2'; nothing was done\n", daemon.err());
    assertEquals("[]", daemon.request());
    assertRun(0, "site is on lb1\n", "", "fence", "off", "lb2", "--yes");
  }

  @Test
  void confirmingMakesTheOperatorTypeTheName() {
    daemon.typing("");
    assertEquals(3, daemon.run("fence", "confirm", "lb2"));
    assertEquals("twinbeat fence: refused: '' is not 'lb2'; nothing was done\n", daemon.err());
    assertTrue(daemon.out().contains("is its power off?"), daemon.out());
    daemon.typing(" lb2 \n");
    assertEquals(0, daemon.run("fence", "confirm", "lb2"));
    assertEquals("fence {\"action\":\"confirm\",\"node\":\"lb2\"}", daemon.request());
    daemon.typing("");
    assertRun(0, "site is on lb1\n", "", "fence", "confirm", "lb2", "--yes-it-is-off", "lb2");
    assertEquals(3, daemon.run("fence", "confirm", "lb2", "--yes-it-is-off", "lb1"));
    assertEquals(3, daemon.run("fence", "confirm", "lb2", "--yes"), "--yes is for off alone");
    assertEquals("[]", daemon.request());
  }

  @Test
  void testingAndSwitchingOnDoNotAsk() {
    assertRun(0, "site is on lb1\n", "", "fence", "test", "lb2");
    assertRun(0, "site is on lb1\n", "", "fence", "on", "lb2");
    assertEquals("fence {\"action\":\"on\",\"node\":\"lb2\"}", daemon.request());
  }

  @Test
  void eventsAreOneLineEach() {
    answer =
        new Response.Lines(sink -> {
          sink.line(json(ENTRY));
          return new Response.Done(new JsonObject());
        });
    String line = "14:07:11.123 #17 decision  lb1 is silent and does not serve: fence it\n";
    assertRun(0, line, "", "events");
    assertEquals("events {\"last\":20,\"follow\":false}", daemon.request());
    assertRun(0, ENTRY + "\n", "", "events", "--json", "-n", "5");
    assertEquals("events {\"last\":5,\"follow\":false}", daemon.request());
    assertRun(0, line, "", "events", "--since", "10m", "--follow");
    assertEquals(
        "events {\"since\":\"2026-11-23T13:57:15.500Z\",\"follow\":true}", daemon.request());
  }

  @Test
  void explainAsksForAnEventForAllOrForAFault() {
    answer = new Response.Done(json("{\"explanations\":[]}"));
    assertRun(0, "nothing was decided yet\n", "", "explain");
    assertEquals("explain {}", daemon.request());
    daemon.run("explain", "17");
    assertEquals("explain {\"event\":17}", daemon.request());
    daemon.run("explain", "--what-if", "power off lb1");
    assertEquals("explain {\"whatIf\":\"power off lb1\"}", daemon.request());
    assertRun(0, "{\"explanations\":[]}\n", "", "explain", "--json");
    assertUsage(
        "twinbeat explain: an event has happened: it goes with no --what-if",
        "explain",
        "17",
        "--what-if",
        "power off lb1");
  }

  @Test
  void stopKeepsTheServicesOnlyWhenTold() {
    daemon.run("stop");
    assertEquals("stop {\"keepServices\":false}", daemon.request());
    daemon.run("stop", "--keep-services");
    assertEquals("stop {\"keepServices\":true}", daemon.request());
  }

  @Test
  void systemdsStopKeepsTheServicesInARestartAndInNothingElse() {
    assertEquals("stop {\"keepServices\":false}", asSystemd(daemon), "no systemctl at all");
    daemon.jobs("");
    assertEquals("stop {\"keepServices\":false}", asSystemd(daemon));
    daemon.jobs("  123 twinbeat.service stop running\n");
    assertEquals("stop {\"keepServices\":false}", asSystemd(daemon));
    daemon.jobs("  122 nginx.service    restart waiting\n  123 twinbeat.service restart running\n");
    assertEquals("stop {\"keepServices\":true,\"restarts\":true}", asSystemd(daemon));
    daemon.jobs("1 shutdown.target start waiting\n123 twinbeat.service restart running\n");
    assertEquals("stop {\"keepServices\":false}", asSystemd(daemon), "the machine goes down");
  }

  private static String asSystemd(FakeDaemon daemon) {
    assertEquals(0, daemon.run("stop", "--as-systemd"));
    return daemon.request();
  }

  @Test
  void aNewKeyIsForItsOwnerAndNeverOverwritesOne() throws Exception {
    Path key = directory.resolve("key");
    assertRun(
        0,
        "made " + key + "; copy it to the other node, keep its mode 0600\n",
        "",
        "key",
        "new",
        key.toString());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    byte[] made = Files.readAllBytes(key);
    assertEquals(1, daemon.run("key", "new", key.toString()));
    assertEquals(1, daemon.err().lines().count(), daemon.err());
    assertEquals(
        new String(made, java.nio.charset.StandardCharsets.US_ASCII), Files.readString(key));
  }

  private void assertUsage(String message, String... arguments) {
    assertEquals(2, daemon.run(arguments), message);
    String see =
        message.startsWith("twinbeat:")
            ? "See: twinbeat help"
            : "See: twinbeat help " + arguments[0];
    assertEquals(message + "\n" + see + "\n", daemon.err());
    assertEquals("", daemon.out());
    assertEquals("[]", daemon.request());
  }

  private void assertRun(int status, String out, String err, String... arguments) {
    int actual = daemon.run(arguments);
    assertEquals(err, daemon.err());
    assertEquals(out, daemon.out());
    assertEquals(status, actual);
  }
}
