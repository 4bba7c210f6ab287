package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is read out of the text that nginx -T prints. */
class NginxDumpTest {
  private static final String DUMP =
      """
      # configuration file /etc/nginx/nginx.conf:
      user www-data; # listen 1;
      pid /run/nginx.pid;
      events {}
      http {
        include /etc/nginx/conf.d/*.conf;
        include sites/*/on;
        log_format x '$host { "listen 2;" $status';
        server { listen 80; listen [::]:80 default_server; server_name a"b"; }

      # configuration file /etc/nginx/conf.d/a.conf:
      server {
        listen 10.0.0.9:8080-8082 ssl; listen unix:/run/x.sock; listen 443 udp;
        listen *:81; listen [2001:db8::9]; listen 10.0.0.8; listen localhost:82;
        set $x "${host}; listen 3;";
        return 200 ${uri};
        content_by_lua_block { if x then local a = {"}"} end -- don't
          listen 4; }
        listen 83;
      }}
      """;

  private final NginxDump dump = NginxDump.parse(DUMP);

  private static NginxDump.Listen listen(String address, int port) {
    return new NginxDump.Listen(
        Optional.of(address).filter(a -> !a.isEmpty()).flatMap(HttpLook::literal), port);
  }

  @Test
  void filesAndPidFileAreFound() {
    assertEquals(
        List.of(Path.of("/etc/nginx/nginx.conf"), Path.of("/etc/nginx/conf.d/a.conf")),
        dump.files());
    assertEquals(
        List.of(Path.of("/etc/nginx/conf.d"), Path.of("/etc/nginx/sites")), dump.directories());
    assertEquals(Optional.of("/run/nginx.pid"), dump.pid());
    assertTrue(dump.daemon());
    assertFalse(NginxDump.parse("daemon off;").daemon());
  }

  @Test
  void listensAreFoundInAllTheirForms() {
    assertEquals(
        List.of(
            listen("", 80),
            listen("::", 80),
            listen("10.0.0.9", 8080),
            listen("10.0.0.9", 8081),
            listen("10.0.0.9", 8082),
            listen("", 81),
            listen("2001:db8::9", 80),
            listen("10.0.0.8", 80),
            listen("", 82)),
        dump.listens().subList(0, 9));
    assertTrue(dump.listens().contains(listen("", 83)), dump.listens().toString());
    assertFalse(dump.listens().contains(listen("", 4)), "in a Lua block");
  }

  @Test
  void theDigestTellsChangesApart() {
    assertEquals(dump.digest(), NginxDump.parse(DUMP).digest());
    assertNotEquals(dump.digest(), NginxDump.parse(DUMP.replace("81", "84")).digest());
  }

  @Test
  void cutOffTextIsReadWithoutHarm() {
    for (int end = 0; end < DUMP.length(); end++) {
      NginxDump.parse(DUMP.substring(0, end));
    }
    for (String text : new String[] {"{", "}", ";", "\\", "a\\", "'", "\"\\", "${", "listen;"}) {
      NginxDump.parse(text);
    }
  }
}
