package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ExplainPageTest {
  private static final String EVENT =
      """
      {"event":{"number":17,"at":"2026-11-23T14:07:11.123Z","kind":"decision","rule":"FENCE",
       "sentence":"peer: fencing the peer: silent, and its service does not answer (to take site with term 2)",
       "evidence":{"peer":"silent","weighed for site":"lb2 stays; lb1 is silent: last heard 1003 ms ago","clock":"b+1"}}}
      """;

  private static String page(int width, String answer) {
    Times times = new Times(Instant.parse("2026-11-23T14:07:15.500Z"), ZoneOffset.UTC);
    JsonObject json = FakeDaemon.json(answer);
    return new ExplainPage(times, new Paint(false), width).of(json);
  }

  @Test
  void anEventHasItsRuleAndItsEvidenceAndWhatWasWeighed() {
    assertEquals(
        """
        #17 decision, 14:07:11.123 (4.3 s ago)
          peer: fencing the peer: silent, and its service does not answer (to take site
          with term 2)
            rule              FENCE
            peer              silent
            weighed for site  lb2 stays
                              lb1 is silent: last heard 1003 ms ago
        """,
        page(80, "{\"explanations\":[" + EVENT + "]}"));
  }

  @Test
  void aMoveIsAColumnOfTimesWithTheLongestMarked() {
    assertEquals(
        """
        #17 decision, 14:07:11.123 (4.3 s ago)
          peer: fencing the peer: silent, and its service does not answer (to take site with term 2)
            rule              FENCE
            peer              silent
            weighed for site  lb2 stays
                              lb1 is silent: last heard 1003 ms ago

        HOW site CAME TO lb2: 1.3 s, term 2
          14:07:10.123             last heard       lb2
          14:07:11.126     +1.0 s  fence            lb2 #17: fencing the peer (the longest)

        Only this node's journal was read: lb1 cannot be asked: its daemon is not heard
        """,
        page(
            100,
            "{\"explanations\":["
                + EVENT
                + "],"
                + """
                "moves":[{"group":"site","to":"lb2","term":"2","wholeMs":1340.2,"longest":1,"steps":[
                 {"name":"last heard","node":"lb2","number":0,"at":"2026-11-23T14:07:10.123Z","tookMs":0,"detail":""},
                 {"name":"fence","node":"lb2","number":17,"at":"2026-11-23T14:07:11.126Z","tookMs":1003,"detail":"fencing the peer"}]}],
                "peer":{"node":"lb1","missing":"lb1 cannot be asked: its daemon is not heard"}}
                """));
  }

  @Test
  void whyNothingMovesIsYesOrNoForEachCondition() {
    String page =
        page(
            80,
            "{\"explanations\":["
                + EVENT
                + "],"
                + """
                "ways":[{"group":"site","goal":"to take it without a word of lb1","open":false,"conditions":[
                 {"rule":"LEAVE","met":true,"sentence":"lb2 stays"},
                 {"rule":"STILL_SERVED","met":false,"sentence":"the service of site answers (ANSWERED 30 ms ago: HTTP 200 in 2 ms)"}]}],
                "peer":{"node":"lb1","all":true,"aheadMs":-3.2,"unsureMs":0.41}}
                """);
    assertTrue(
        page.endsWith(
            """

            WHAT COULD MOVE NOW
              site, to take it without a word of lb1: no
                yes  lb2 stays
                no   the service of site answers (ANSWERED 30 ms ago: HTTP 200 in 2 ms)

            Both journals were read. Times are in this node's clock; that of lb1 is 3 ms
            behind, give or take 0.4 ms.
            """),
        page);
  }

  @Test
  void whatIfIsAStoryAndItsEnd() {
    assertEquals(
        """
        IF NOW: power off lb1
              0 ms  lb1 loses its power
            501 ms  lb2   peer: late
             1.0 s  lb2   ALARM lb1 is not heard on any link

        IN THE END
          site on lb2, served; not served for about 1.3 s

        ASSUMED
          - fencing lb1 takes 300 ms, as it last did
        """,
        page(
            80,
            """
            {"whatIf":{"faults":"power off lb1","assumptions":["fencing lb1 takes 300 ms, as it last did"],"story":[
             {"afterMs":0,"node":"lb1","kind":"world","rule":"","sentence":"lb1 loses its power"},
             {"afterMs":501.2,"node":"lb2","kind":"event","rule":"LATE","sentence":"peer: late"},
             {"afterMs":1001,"node":"lb2","kind":"alarm","rule":"peer-silent","sentence":"lb1 is not heard on any link"}],
             "ends":[{"group":"site","holders":["lb2"],"served":true,"unservedMs":1321,"doublyMs":0}],"goesOn":false}}
            """));
  }
}
